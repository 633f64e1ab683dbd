-- remove.lua: yours to edit.
local function remove(dev, line)	-- TODO: this order crashes the driver
  cancel_work_sync(dev.reset)
  free_irq(line)
  kfree(dev)
end

return { remove = remove }
