-- fails: no choice reaches the crash
local function remove(dev, line)
  cancel_work_sync(dev.reset)
  kfree(dev)
  free_irq(line)
end

return { remove = remove }
