"""The claims of an argument: the register with its rules, fixed before any result was seen."""
