"""The year of the cooperation (årshjulet): its steps, their last days, and how it is shown."""
