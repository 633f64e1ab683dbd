-- expects: the file returns a function, not a table
return function() end
