"""The engine: Automerge in a process of its own, spoken to in plain data.

`types` is the contract; `process.ProcessEngine` runs it in a child, `in_process.InProcessEngine`
here; `core` is what both run, and `automerge_door` the only module that imports Automerge.
"""
