-- another file that is read at once
return lesson { title = "Another short file", function() end }
