"""Better pictures and sound: filters that take pictures one by one, and the engine that runs them.

`stream` decodes, hands pictures through `filters` and encodes them again; `plan` turns what was
asked into filters after `look` has looked at the clip. To add one: a file with a `Filter` and a
function `plan_<noun>(look, asked)`, and its line in `plan`.
"""
