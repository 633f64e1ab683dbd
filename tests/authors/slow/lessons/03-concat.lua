-- megabytes with few instructions
local s = ("x"):rep(1 << 20)
for i = 1, 10000000 do local t = s .. i end
return lesson { title = "A text without end", function() end }
