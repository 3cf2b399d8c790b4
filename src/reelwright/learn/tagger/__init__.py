"""Token labels: named entities, and any other tag a word or character can have.

`schemes.py` and `columns.py` read what people have, `features.py` and `rows.py` make numbers of it,
`networks.py` and `crf.py` learn, `scoring.py` judges as CoNLL does, `kind.py` ties them together.
"""
