"""The sub-commands of ``perf-pipelines``, a file a group; ``cli.py`` mounts each with one line."""
