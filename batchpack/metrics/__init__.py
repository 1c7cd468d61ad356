"""What runs came to: read from their journals, measured, and shown as figures and as a page."""
