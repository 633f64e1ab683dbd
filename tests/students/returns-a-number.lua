-- expects: the file returns a number, not a table
return 42
