"""Who stands before what: mattes with and without a green screen, and other backgrounds.

A matte is learnt shot by shot (`scene`) from what faces (`body`), colours (`colours`) and what
stands still (`plate`) say; a cut through each picture (`mincut`) follows it over time (`matte`) and
is refined to single hairs (`guided`, `edges`). `chroma` keys out a wall of one colour. `composite`
lays the person over what `grounds` gives; `matters` are the ways to tell, `plan` chooses.
"""
