"""What a maintainer should look at: rules that read pages and name page, line and reason.

A finding never stops anything. Each rule is described with an example in `docs/lint.md`.
"""
