using System.Collections.Concurrent;
using EdgeModules.Hosting;
using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Testing.Fakes;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Testing.Crashing;

/// <summary>
/// A module under the real pump, killed at any point of a message's way and started anew from its disk. The hub and the clock outlive it; the clock stands
/// still except in <see cref="AdvanceAsync"/> and between a failure and its repetition, so the same calls give the same run. One caller.
/// </summary>
/// <param name="desired">The twin's settings at first, without <c>$version</c>.</param>
/// <param name="compactAfter">So many saves make the journal long enough for a snapshot in its place.</param>
public sealed class CrashingHost<TSettings>(
    Func<EdgeModule<TSettings>> create, JObject desired, Volume volume, DateTimeOffset start, int compactAfter = int.MaxValue) : IAsyncDisposable
    where TSettings : class, ISettings<TSettings>, new()
{
    private readonly PausingClock _clock = new(start);
    private readonly ConcurrentQueue<OutboundMessage> _sent = new();
    private JObject _desired = desired;
    private int _version = 1;
    private ModuleLife<TSettings>? _life;
    private Crash? _crash;
    private int _left;
    private int _failingSends;
    private int _lostAnswers;
    private int _failingSaves;

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>What the hub has of all processes, in order; what was sent again, again.</summary>
    public IReadOnlyCollection<OutboundMessage> Sent => _sent;

    /// <summary>Processes started.</summary>
    public int Lives { get; private set; }

    public bool IsAlive => _life is not null;

    /// <summary>What the processes logged.</summary>
    public RecordingLogger Log { get; } = new();

    /// <summary>Kills the process at that point, in whatever call it is reached; instead of one that was not reached yet.</summary>
    public void CrashAt(Crash? crash) => (_crash, _left) = (crash, crash?.Number ?? 0);

    /// <summary>The next sends fail before the hub has the message.</summary>
    public void FailSends(int count) => _failingSends = count;

    /// <summary>The next sends fail after the hub has the message.</summary>
    public void LoseAnswers(int count) => _lostAnswers = count;

    /// <summary>The next saves fail, with nothing written; no snapshots, and none at the end of a process.</summary>
    public void FailSaves(int count) => _failingSaves = count;

    /// <summary>Starts the next process, which first sends what the one before may not have sent, and does what is due.</summary>
    /// <returns>False when it was killed.</returns>
    public async Task<bool> StartAsync()
    {
        if (IsAlive) throw new InvalidOperationException("The process before is alive.");
        Lives++;
        var client = new RecordingModuleClient { BeforeSend = BeforeSend, AfterSend = AfterSend };
        var store = new CrashingStore(volume.Open(), Append, Save, compactAfter);
        _life = new ModuleLife<TSettings>(create(), client, store, Twin(), _clock, Log);
        _life.Run();
        return await SettleAsync();
    }

    /// <summary>Delivers a message, and does what is due then.</summary>
    /// <returns>False when the process was killed: the message is to be delivered again, to the next one.</returns>
    public async Task<bool> DeliverAsync(InboundMessage message)
    {
        if (!await SurvivesAsync(Life.Pump.HandleAsync(message))) return false;
        if (IsReached(CrashPoint.InAcknowledgement))
        {
            Life.Kill(volume.Keep);
            await EndAsync();
            return false;
        }

        return await SettleAsync();
    }

    /// <summary>Changes the twin's settings, and does what is due then; a process that is not there finds them when it starts.</summary>
    /// <returns>False when the process was killed by it, or there is none.</returns>
    public async Task<bool> ConfigureAsync(JObject settings)
    {
        (_desired, _version) = (settings, _version + 1);
        if (!IsAlive) return false;
        var life = Life;
        return await SurvivesAsync(life.Pump.OnLoopAsync(() => life.ApplyAsync(Twin()))) && await SettleAsync();
    }

    /// <summary>Calls a direct method of the module's own, and does what is due then.</summary>
    /// <returns>Null when the process was killed by it.</returns>
    public async Task<MethodResponse?> CallAsync(string method, JToken payload)
    {
        var life = Life;
        var call = life.Pump.OnLoopAsync(() => life.CallAsync(new MethodRequest(method, payload)));
        return await SurvivesAsync(call) && await SettleAsync() ? await call : null;
    }

    /// <summary>Moves the clock, also when no process is there, and does what is due then.</summary>
    /// <returns>False when the process was killed by it, or there is none.</returns>
    public async Task<bool> AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return IsAlive && await SettleAsync();
    }

    /// <summary>As the direct method <c>resetState</c>.</summary>
    /// <returns>False when the process was killed by it.</returns>
    public Task<bool> ResetAsync()
    {
        var pump = Life.Pump;
        return SurvivesAsync(pump.OnLoopAsync(() =>
        {
            pump.Reset();
            return Task.FromResult(true);
        }));
    }

    /// <summary>Kills the process between two steps.</summary>
    public async Task KillAsync()
    {
        Life.Kill(volume.Keep);
        await EndAsync();
    }

    /// <summary>Ends the process in an orderly way.</summary>
    /// <returns>False when it was killed by what it saves then.</returns>
    public async Task<bool> StopAsync()
    {
        _failingSaves = 0;
        var life = Life;
        await life.StopAsync();
        await EndAsync();
        return !life.Killed.IsCompleted;
    }

    /// <summary>Asks between two steps.</summary>
    public Task<T> AskAsync<T>(Func<EdgeModule<TSettings>, Ledger, T> question) =>
        Life.Pump.OnLoopAsync(() => Task.FromResult(question(Life.Module, Life.Pump.Ledger))).WaitAsync(Waiting.Deadline);

    public async ValueTask DisposeAsync()
    {
        if (IsAlive) await KillAsync();
        volume.Dispose();
    }

    private ModuleLife<TSettings> Life => _life ?? throw new InvalidOperationException("The process was killed; start the next one.");

    private JObject Twin()
    {
        var twin = (JObject)_desired.DeepClone();
        twin["$version"] = _version;
        return twin;
    }

    /// <summary>Ends when nothing is due any more.</summary>
    private async Task<bool> SettleAsync()
    {
        var isDue = true;
        while (isDue)
        {
            var life = Life;
            var asked = life.Pump.OnLoopAsync(() => Task.FromResult(life.Module.NextTick(life.Pump.Context()) <= Now));
            if (!await SurvivesAsync(asked)) return false;
            isDue = await asked;
        }

        return true;
    }

    private async Task<bool> SurvivesAsync(Task work)
    {
        await Task.WhenAny(work, Life.Killed, Life.Running).WaitAsync(Waiting.Deadline);
        if (Life.Killed.IsCompleted)
        {
            await EndAsync();
            return false;
        }

        if (!work.IsCompleted) await Life.Running;
        await work;
        return true;
    }

    private async Task EndAsync()
    {
        await Life.DisposeAsync();
        _life = null;
    }

    private bool IsReached(CrashPoint point)
    {
        if (_crash?.Point != point || --_left > 0) return false;
        _crash = null;
        return true;
    }

    private void CrashIfReached(CrashPoint point)
    {
        if (IsReached(point)) Crash(volume.Keep);
    }

    private void Crash(Action keep)
    {
        Life.Kill(keep);
        throw new SimulatedCrashException();
    }

    private void Append(Action write)
    {
        Life.ThrowIfKilled();
        if (_failingSaves > 0)
        {
            _failingSaves--;
            _clock.ExpectPause();
            throw new IOException("The disk is full.");
        }

        Save(write);
    }

    private void Save(Action write)
    {
        Life.ThrowIfKilled();
        CrashIfReached(CrashPoint.BeforeSave);
        var part = _crash?.Part ?? 0;
        if (IsReached(CrashPoint.InSave)) Crash(() => volume.KeepPart(write, part));
        write();
        CrashIfReached(CrashPoint.AfterSave);
    }

    private Task BeforeSend(OutboundMessage message, CancellationToken cancellation)
    {
        Life.ThrowIfKilled();
        cancellation.ThrowIfCancellationRequested();
        if (_failingSends > 0)
        {
            _failingSends--;
            _clock.ExpectPause();
            throw new TimeoutException("The hub is away.");
        }

        CrashIfReached(CrashPoint.BeforeSend);
        return Task.CompletedTask;
    }

    private void AfterSend(OutboundMessage message)
    {
        _sent.Enqueue(message);
        if (_lostAnswers > 0)
        {
            _lostAnswers--;
            _clock.ExpectPause();
            throw new TimeoutException("The hub went away.");
        }

        CrashIfReached(CrashPoint.AfterSend);
    }
}
