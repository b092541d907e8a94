"""Measures of networks: one idea a file, all of them in one register.

`registry` holds what is registered; `centrality`, `structural_holes`, `brokerage`, `multiplex`, `two_mode`,
`transit` and `dependence` hold the measures themselves; `multiplex` also shows those of `versatility` and
`multiplex_structure`, `brokerage` those of `cross_layer`; `centrality` shows those of `degrees`, `paths`,
`spectral`, `walks`, `current_flow` and `freeman`.
"""
