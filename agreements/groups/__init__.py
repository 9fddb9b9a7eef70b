"""The groups of the cooperation (seed 001): who has to sit in which, who does, and who may say so."""
