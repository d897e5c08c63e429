"""Sentences to annotation tools, and what coders said there back again."""
