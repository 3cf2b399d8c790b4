"""Kind ``llm``: language models. `structured.ask` gets a checked pydantic value out of any of them.

To add one: a file beside this with a class as `reelwright.core.ports.LLM` wants it, and a line in
the table of `reelwright.providers.door`.
"""
