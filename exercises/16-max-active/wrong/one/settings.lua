-- fails: all items are done in time
return { max_active = 1 }
