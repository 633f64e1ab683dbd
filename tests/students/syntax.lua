-- expects: driver.lua:4:
local function probe(dev

return { driver = { probe = probe } }
