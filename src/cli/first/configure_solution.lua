-- The reference.
return { max_active = 3 }
