"""Many photos in one go: what is to be done, what is done already, and the worker processes that do it.

`recipe` says how photos are restored, `ledger` remembers those that are, `session` puts the two together, and
`process_pool` (this machine) and `ray_pipeline` (a Ray cluster) run the photos that are left. The command line around
it is `amirnet.cli.batch`.
"""
