-- fails: no choice reaches the crash
local function remove(dev, line)
  free_irq(line)
  cancel_work(dev.reset)
  kfree(dev)
end

return { remove = remove }
