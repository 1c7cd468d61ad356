"""The merge queue: finished work comes onto one branch together, is checked as it will be, and the culprit is found."""
