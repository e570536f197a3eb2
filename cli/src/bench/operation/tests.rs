use std::collections::HashSet;

use super::*;

#[test]
fn every_operation_has_a_name_of_its_own_that_leads_to_it() {
    let mut names = HashSet::new();
    for operation in Operation::all() {
        let name = operation.name().into_owned();
        let named = Operation::named(&name).expect("known");
        assert_eq!(
            (named.name(), named.family()),
            (operation.name(), operation.family())
        );
        assert!(names.insert(name), "{} is there twice", operation.name());
    }
    assert!(Function::all().all(|function| names.contains(&*function.name())));
}
