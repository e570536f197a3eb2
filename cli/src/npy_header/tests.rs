use super::*;

fn layout(shape: &[u64], order: Order) -> Layout {
    Layout::new(shape.to_vec(), order, Dtype::F32).unwrap()
}

#[test]
fn a_written_header_reads_as_it_was() {
    let long: Vec<u64> = (0..64).map(|n| n % 2 + 1).collect();
    for shape in [
        &[][..],
        &[0],
        &[7],
        &[3, 5],
        &[1, 2, 3, 4],
        &[u64::MAX, 0],
        &long,
    ] {
        for order in [Order::C, Order::Fortran] {
            let layout = layout(shape, order);
            let mut file = to_bytes(&layout);
            assert_eq!(file.len() % ALIGNMENT, 0);
            assert_eq!(file.last(), Some(&b'\n'));
            file.extend_from_slice(b"data");
            assert_eq!(parse(&file), Ok((layout, file.len() - 4)));
        }
    }
}

#[test]
fn a_header_cut_anywhere_is_an_error() {
    let file = to_bytes(&layout(&[3, 5], Order::C));
    for length in 0..file.len() {
        assert!(parse(&file[..length]).is_err(), "{length}");
    }
}

#[test]
fn unusual_spelling_is_read_as_python_reads_it() {
    for text in [
        "{'shape':(3L,5L),\"descr\":'<f4','fortran_order':False}",
        " { 'fortran_order' : False , 'descr' : '<f4' , 'shape' : ( 3 , 5 , ) , } \n",
    ] {
        assert_eq!(from_text(text.as_bytes()), Ok(layout(&[3, 5], Order::C)));
    }
}

#[test]
fn malformed_headers_are_refused() {
    let rest = "'descr': '<f4', 'fortran_order': False";
    for text in [
        "",
        "[]",
        "{}",
        "{",
        "{'descr'}",
        "{'descr': ",
        "{'descr': '<f4",
        &format!("{{{rest}}}"),
        &format!("{{{rest}, 'shape': (3,}}"),
        &format!("{{{rest}, 'shape': 3}}"),
        &format!("{{{rest}, 'shape': (-3,)}}"),
        &format!("{{{rest}, 'shape': (3.5,)}}"),
        &format!("{{{rest}, 'shape': (,)}}"),
        &format!("{{{rest}, 'shape': (18446744073709551616,)}}"),
        &format!("{{{rest}, 'shape': ({})}}", "1,".repeat(65)),
        &format!("{{{rest}, 'shape': (3,)}} x"),
        &format!("{{{rest}, 'shape': (3,), 'shape': (3,)}}"),
        &format!("{{{rest}, 'shape': (3,), 'more': 1}}"),
        &format!("{{{rest} 'shape': (3,)}}"),
        "{'descr': '<f4', 'fortran_order': None, 'shape': (3,)}",
        "{'descr': ]'<f4', 'fortran_order': False, 'shape': (3,)}",
        &format!("{{'descr': {}", "[".repeat(100_000)),
    ] {
        let error = from_text(text.as_bytes()).unwrap_err();
        assert!(
            matches!(error, HeaderError::Malformed(_)),
            "{text}: {error}"
        );
    }
}

#[test]
fn other_dtypes_are_refused_by_name() {
    for (descr, name) in [
        ("'>f4'", "'>f4'"),
        ("'|O'", "'|O'"),
        ("'<c8'", "'<c8'"),
        ("'a\\'\u{e9}'", "'a\\\\\\'\\xc3\\xa9'"),
        ("[('a]', '<f4'), ('b', [('c', '<f4', (2,))])]", "structured"),
    ] {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (3,)}}");
        let error = from_text(text.as_bytes()).unwrap_err();
        assert_eq!(
            error,
            HeaderError::Dtype {
                name: name.to_owned()
            }
        );
    }
}

#[test]
fn a_shape_beyond_u64_is_refused() {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 1073741824)}";
    let error = from_text(text.as_bytes()).unwrap_err();
    assert!(matches!(error, HeaderError::TooLarge { .. }), "{error}");
}
