"""Situation pictures (lägesbilder): each party's own, and the joint one that merges them."""
