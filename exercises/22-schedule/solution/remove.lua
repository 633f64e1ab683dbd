-- remove.lua: the source first, then the item, then the memory.
local function remove(dev, line)
  free_irq(line)
  cancel_work_sync(dev.reset)
  kfree(dev)
end

return { remove = remove }
