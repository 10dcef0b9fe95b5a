//! Shared by the tests: reads the recorded cases.
