"""One engine for every number: which documents (universe), what is counted (measures), how sure (intervals).

`trends` and `claims` both stand on this package, so a claim and a chart can never disagree about a share.
"""
