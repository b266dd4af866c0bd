"""The first synchronisation: which item is which article, a plan that is shown, kept and then carried out."""
