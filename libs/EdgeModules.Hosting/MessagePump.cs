using System.Globalization;
using System.Threading.Channels;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Health;
using EdgeModules.Hosting.Settings;
using EdgeModules.Hosting.State;
using EdgeModules.Messages;
using Microsoft.Extensions.Logging;

namespace EdgeModules.Hosting;

/// <summary>
/// The one loop of a module. For each message: decode, ask the module, save everything in one transaction, send, and only then let the message be
/// acknowledged. The module is asked once per message, whatever fails: what is saved is sent again after a crash, and a message that comes again is known by
/// its key. Only what is urgent leaves while the transaction is being saved.
/// </summary>
public sealed partial class MessagePump<TSettings>
    where TSettings : class, ISettings<TSettings>, new()
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // A timer cannot be set further ahead than some weeks.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>How long a start waits for the twin before it goes on with the saved settings.</summary>
    private static readonly TimeSpan TwinPatience = TimeSpan.FromSeconds(10);

    private readonly EdgeModule<TSettings> _module;
    private readonly IModuleClient _client;
    private readonly ModuleMemory _memory;
    private readonly TwinSettings<TSettings> _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<MessagePump<TSettings>> _logger;
    private readonly MessageCodec _codec = new();
    private readonly JsonArrayWriter _invalid = new();
    private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ActionRunner _actions;
    private CancellationToken _abandon;

    // The books in memory are not those of the last record, or its outputs are not all sent: from the start until all is restored, and during each step.
    private bool _isUnfinished = true;
    private DateTimeOffset _ticksFrom;

    // Null while nobody waits for work.
    private Task? _nextWork;

    public MessagePump(
        EdgeModule<TSettings> module, IModuleClient client, IStateStore store, TwinSettings<TSettings> settings, TimeProvider clock,
        ILogger<MessagePump<TSettings>> logger)
    {
        (_module, _client, _settings, _clock, _logger) = (module, client, settings, clock, logger);
        _memory = new ModuleMemory(store);
        // Every piece of work has NextTick asked after it.
        module.Woken += Turn;
        Pulse.Nudged += Turn;
        _actions = new ActionRunner(client, clock, logger, () => _work.Writer.TryWrite(CountActionsAsync));

        void Turn() => _work.Writer.TryWrite(static () => Task.CompletedTask);
    }

    /// <summary>Raised on the loop after each step that may have changed the books or the module's report.</summary>
    public event Action? Stepped;

    /// <summary>For the watchdog.</summary>
    public LoopPulse Pulse { get; } = new();

    /// <summary>For use on the loop only.</summary>
    public Ledger Ledger => _memory.Ledger;

    /// <summary>Sends what a former run saved but may not have sent, then works until <paramref name="stop"/>; the step in hand is finished first.</summary>
    /// <param name="abandon">Gives up the step in hand too: it is saved and goes on after the next start.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        _abandon = abandon;
        _ticksFrom = _clock.GetUtcNow() + TwinPatience;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _actions.Stop = over.Token;
        try
        {
            await RestoreAsync();
            while (!stop.IsCancellationRequested) await StepAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || abandon.IsCancellationRequested)
        {
        }
        finally
        {
            _work.Writer.TryComplete();
            await over.CancelAsync();
            await _actions.EndAsync();
            CountActions();
        }
    }

    /// <summary>The books as they were saved last; for any thread.</summary>
    public IReadOnlyList<LedgerEntry> SavedBooks => _memory.SavedBooks;

    /// <summary>Handles a message on the loop; the task completes when it may be acknowledged.</summary>
    public Task HandleAsync(InboundMessage message) => OnLoopAsync(async () =>
    {
        await ReceiveAsync(message);
        return true;
    });

    /// <summary>Runs something on the loop, between two steps.</summary>
    /// <exception cref="OperationCanceledException">The loop has ended.</exception>
    public async Task<T> OnLoopAsync<T>(Func<Task<T>> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var accepted = _work.Writer.TryWrite(async () =>
        {
            try
            {
                done.TrySetResult(await action());
            }
            catch (Exception error)
            {
                done.TrySetException(error);
            }
        });
        if (!accepted) throw new OperationCanceledException("The module is stopping.");
        await using var _ = _abandon.Register(() => done.TrySetCanceled(_abandon));
        return await done.Task;
    }

    /// <summary>The settings have changed; to be called on the loop.</summary>
    public void SettingsChanged()
    {
        _module.OnSettings(Context());
        Stepped?.Invoke();
    }

    /// <summary>Saves and sends what the module did outside a message; to be called on the loop.</summary>
    public Task PerformAsync(ModuleResult effect) => FinishAsync(effect, [], null, null);

    /// <summary>Forgets the module's state, not the books; to be called on the loop.</summary>
    public void Reset()
    {
        _module.Reset();
        _memory.Compact(_module.Snapshot());
        Stepped?.Invoke();
    }

    /// <summary>
    /// Saves what is only in memory: the books of redeliveries, and that the last step's outputs have all been sent. Does nothing while they have not, or
    /// a step was given up before it was saved: it goes on after the next start. To be called on the loop, or after its end.
    /// </summary>
    /// <exception cref="IOException">Nothing was saved.</exception>
    public void SaveBooks()
    {
        if (!_isUnfinished) _memory.Commit(new JournalRecord { Ledger = Ledger.Entries() });
    }

    public ModuleContext<TSettings> Context() => new(_clock.GetUtcNow(), _settings.Current, Ledger);

    private async Task StepAsync(CancellationToken stop)
    {
        Pulse.Turn();
        _memory.CompactIfDue(_module.Snapshot);
        if (_work.Reader.TryRead(out var work))
        {
            await work();
            Stepped?.Invoke();
        }

        var context = Context();
        // A source must not begin with settings that the twin is about to replace.
        var due = _settings.IsFresh || context.Now >= _ticksFrom ? _module.NextTick(context) : _ticksFrom;
        if (due <= context.Now)
        {
            var result = _module.OnTick(context);
            await FinishAsync(result, [], null, null);
            Stepped?.Invoke();
        }
        else if (work is null)
        {
            await WaitAsync(due - context.Now, stop);
        }
    }

    /// <summary>Waits for work, and no longer than <paramref name="time"/>; nothing that would need another thread stands between the work and its step.</summary>
    private async Task WaitAsync(TimeSpan? time, CancellationToken stop)
    {
        // The channel takes one wait at a time: one that had not ended when the time was over is gone on with.
        _nextWork ??= _work.Reader.WaitToReadAsync(stop).AsTask();
        Task wait = time is null ? _nextWork : _nextWork.WaitAsync(time < LongestWait ? time.Value : LongestWait, _clock, stop);
        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_nextWork.IsCompleted) _nextWork = null;
        stop.ThrowIfCancellationRequested();
    }

    private JournalRecord? Restore()
    {
        try
        {
            return _memory.Restore(_module.ApplyChange);
        }
        catch (Exception error) when (error is not OutOfMemoryException && (error is not IOException || error is EndOfStreamException))
        {
            // Not a disk that cannot be read now: that state may be good. State of a later version, after a step back for instance: the same would fail at every start.
            _module.Reset();
            LogStateUnreadable(_memory.StartOver($"The saved state cannot be read ({error.Message})"));
            return null;
        }
    }

    private async Task RestoreAsync()
    {
        var last = Restore();
        var context = Context();
        _module.OnSettings(context);
        if (last is not null)
        {
            IReadOnlyList<OutboundMessage> unsent = last.HasRecreatable ? [.. _module.RecreateOutputs(context), .. last.Outbox] : last.Outbox;
            if (unsent.Count > 0) LogResending(unsent.Count);
            await Pulse.WhileOnHubAsync(SendAsync(unsent, 0, unsent.Count));
        }

        _isUnfinished = false;
    }

    private async Task ReceiveAsync(InboundMessage message)
    {
        var key = MessageKey.Of(message);
        var declared = message.Properties.TryGetValue(ApplicationProperties.Count, out var text) && int.TryParse(text, out var count) && count >= 0 ? count : 1;
        if (_memory.Knows(message.Input, key))
        {
            Ledger.Count(Ledger.Redelivered, declared);
            LogRedelivered(message.Input, key);
            return;
        }

        var context = Context();
        var before = Ledger.Entries();
        _invalid.Clear();
        ModuleResult result;
        try
        {
            if (message.Input == _module.ReadingsInput) result = AskForReadings(message, declared, context);
            else if (_module.ItemInputs.Contains(message.Input)) result = AskForItems(message, declared, context);
            else if (_module.MessageInputs.Contains(message.Input)) result = AskForMessage(message, key, declared, context);
            else result = Refuse(message, declared);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The message would fail again for ever. What the module did before it failed may be half of it; the books say that it was dropped.
            LogModuleFailed(error, message.Input, key);
            Ledger.Restore(before);
            _invalid.Clear();
            // No journal tells of that half, on which later changes will stand.
            _memory.WantSnapshot();
            Ledger.Count(Ledger.Received, declared);
            Ledger.Count(Ledger.Dropped, "moduleError", declared);
            result = ModuleResult.None;
        }

        await FinishAsync(result, InvalidMessages(), message.Input, key);
    }

    private ModuleResult AskForReadings(InboundMessage message, int declared, ModuleContext<TSettings> context)
    {
        var batch = _codec.Decode(message.Body, _module.NamedMetrics(context.Settings));
        foreach (var invalid in batch.Invalid) CountInvalid(invalid, message, declared, context);
        Ledger.Count(Ledger.Received, batch.Count);
        return batch.Count == 0 ? ModuleResult.None : _module.OnReadings(batch, context);
    }

    private ModuleResult AskForItems(InboundMessage message, int declared, ModuleContext<TSettings> context)
    {
        var batch = ItemCodec.Decode(message.Body);
        foreach (var invalid in batch.Invalid) CountInvalid(invalid, message, declared, context);
        if (batch.Items.Count == 0) return ModuleResult.None;
        var result = _module.OnItems(message.Input, batch.Items, context);
        foreach (var rejected in result.Rejected) CountInvalid(rejected.Of(batch), message, declared, context);
        Ledger.Count(Ledger.Received, batch.Items.Count - result.Rejected.Count);
        return result;
    }

    private ModuleResult AskForMessage(InboundMessage message, MessageKey key, int declared, ModuleContext<TSettings> context)
    {
        Ledger.Count(Ledger.Received, declared);
        return _module.OnMessage(message, message.Properties.GetValueOrDefault(SystemProperties.MessageId) ?? key.ToString(), declared, context);
    }

    private void CountInvalid(InvalidReading invalid, InboundMessage message, int declared, ModuleContext<TSettings> context)
    {
        // A body that cannot be read holds what its sender said it holds.
        var isBody = invalid.Reason is InvalidReasons.NotJson or InvalidReasons.NotUtf8;
        var readings = isBody ? declared : 1;
        Ledger.Count(Ledger.Received, readings);
        Ledger.Count(Ledger.Invalid, invalid.Reason, readings);
        LogInvalid(message.Input, invalid.Path, invalid.Reason, invalid.Error);
        if (_module.EmitsInvalid(context.Settings)) _invalid.Add(InvalidItem.Encode(invalid, message.Body.Span).Span);
    }

    private ModuleResult Refuse(InboundMessage message, int declared)
    {
        string[] known = [.. _module.ReadingsInput is { } readings ? [readings] : Array.Empty<string>(), .. _module.ItemInputs, .. _module.MessageInputs];
        LogNoSuchInput(message.Input, known.Length == 0 ? "none" : string.Join(", ", known));
        Ledger.Count(Ledger.Received, declared);
        Ledger.Count(Ledger.Dropped, "unknownInput", declared);
        return ModuleResult.None;
    }

    private List<OutboundMessage> InvalidMessages()
    {
        return
        [
            .. _invalid.Finish().Select(array => new OutboundMessage
            {
                Output = "invalid", Body = array.Body, Count = array.Count, MessageType = "invalid", Priority = Priorities.Low,
            }),
        ];
    }

    private async Task FinishAsync(ModuleResult result, List<OutboundMessage> invalid, string? input, MessageKey? key)
    {
        var isOnlyOutputs = invalid.Count == 0 && result.Urgent.Count == 0;
        IReadOnlyList<OutboundMessage> outputs = isOnlyOutputs ? result.Outputs : [.. result.Urgent, .. result.Outputs, .. invalid];
        if (outputs.Count == 0 && result.StateChange.IsEmpty && result.Actions.Count == 0 && key is null) return;
        outputs = WithIds(outputs, key);
        _isUnfinished = true;
        foreach (var output in outputs) Ledger.Count(Ledger.Sent, output.Output, output.Count);
        var actions = Accept(result.Actions);
        var record = new JournalRecord
        {
            Messages = key is null ? [] : [(input!, key.Value)],
            StateChange = result.StateChange,
            Ledger = Ledger.Entries(),
            Outbox = [.. outputs.Where(output => !output.Recreatable)],
            HasRecreatable = outputs.Any(output => output.Recreatable),
        };
        // They leave before the disk is asked. With the hub away they wait for it, and the disk does not wait for them.
        var urgent = SendAsync(outputs, 0, result.Urgent.Count);
        await SaveAsync(record);
        _actions.Start(actions);
        await Pulse.WhileOnHubAsync(urgent);
        await Pulse.WhileOnHubAsync(SendAsync(outputs, result.Urgent.Count, outputs.Count));
        _isUnfinished = false;
    }

    /// <summary>The same message gives the same ids, however often it is handled and on whichever gateway; the module may give its own.</summary>
    private static List<OutboundMessage> WithIds(IReadOnlyList<OutboundMessage> outputs, MessageKey? key)
    {
        var named = new List<OutboundMessage>(outputs.Count);
        foreach (var output in outputs)
        {
            if (output.MessageId is not null)
            {
                named.Add(output.MessageId.Length <= MessageIds.MostCharacters ? output : output with { MessageId = MessageIds.Shortened(output.MessageId) });
                continue;
            }

            if (key is null) throw new InvalidOperationException($"A message of a tick for output {output.Output} has no id; the module must give one.");
            var id = string.Create(CultureInfo.InvariantCulture, $"{output.Output}/{key}/{named.Count}");
            named.Add(output with { MessageId = MessageIds.Shortened(id) });
        }

        return named;
    }
}
