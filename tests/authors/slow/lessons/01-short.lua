-- a file that is read at once
return lesson { title = "A short file", function() end }
