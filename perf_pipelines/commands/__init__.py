"""Commands of ``perf-pipelines`` that belong together, a module a group; cli.py mounts them."""
