"""What people do with the åtgärdsplan, one module for each thing."""
