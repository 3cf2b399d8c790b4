"""Other looks: drawn and painted ones, the colours of a picture, LUT files, networks.

`looks` are pure functions of one picture, `steady` keeps their results from boiling, `transfer` and
`cube` are colours alone, `network` and `kind` the styles that are learnt; `plan` chooses.
"""
