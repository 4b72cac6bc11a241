using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.State;

namespace EdgeModules.Hosting;

/// <summary>Saves and sends until it is done, whatever disk and hub say.</summary>
public sealed partial class MessagePump<TSettings>
{
    private async Task SaveAsync(JournalRecord record)
    {
        while (true)
        {
            try
            {
                _memory.Commit(record);
                return;
            }
            catch (IOException error)
            {
                LogNotSaved(error.Message, RetryPause.TotalSeconds);
            }

            await Task.Delay(RetryPause, _clock, _abandon);
            Pulse.Turn();
        }
    }

    /// <summary>One after the other, each until the hub has it.</summary>
    private async Task SendAsync(IReadOnlyList<OutboundMessage> outputs, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var output = outputs[i];
            while (true)
            {
                try
                {
                    await _client.SendAsync(output, _abandon);
                    break;
                }
                catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
                {
                    LogNotSent(output.MessageId, output.Output, error.Message, RetryPause.TotalSeconds);
                }

                await Task.Delay(RetryPause, _clock, _abandon);
            }
        }
    }
}
