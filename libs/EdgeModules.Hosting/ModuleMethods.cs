using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using EdgeModules.Messages;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <summary>The direct methods of every module, and behind them the module's own. All run on the pump's loop.</summary>
/// <param name="settingsChanged">Called when a method has changed the settings, or what is reported of them.</param>
internal sealed class ModuleMethods<TSettings>(
    EdgeModule<TSettings> module, MessagePump<TSettings> pump, TwinSettings<TSettings> settings, Action settingsChanged)
    where TSettings : class, ISettings<TSettings>, new()
{
    /// <summary>Of an answer, by IoT Hub. edgeHub closes the connection of a module that sends twice as much.</summary>
    private const int MostBytes = 128 << 10;

    private const int MostErrors = 20;

    public async Task<MethodResponse> CallAsync(MethodRequest request) => Fit(await AnswerAsync(request));

    private async Task<MethodResponse> AnswerAsync(MethodRequest request)
    {
        try
        {
            return await pump.OnLoopAsync(async () =>
            {
                var response = Call(request);
                if (response is EffectiveResponse effective) await pump.PerformAsync(effective.Effect);
                return response;
            });
        }
        catch (OperationCanceledException)
        {
            return new MethodResponse(503, new JObject { ["message"] = "The module is stopping." });
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new MethodResponse(500, new JObject { ["message"] = error.Message });
        }
    }

    /// <summary>The books with the gauge <c>held</c> and those of the module.</summary>
    public JObject Books()
    {
        var books = pump.Ledger.ToJson();
        books["held"] = module.Held;
        foreach (var (name, value) in module.Gauges) books[name] = value;
        return books;
    }

    private MethodResponse Call(MethodRequest request)
    {
        switch (request.Name)
        {
            case CommonMethods.Ping:
                return new MethodResponse(200, new JObject { ["status"] = "ok" });
            case CommonMethods.GetLedger:
                return new MethodResponse(200, Books());
            case CommonMethods.GetSettings:
                var verdict = settings.Verdict();
                verdict["twinSeen"] = settings.IsFresh;
                verdict["settings"] = Redaction.Of(SettingsBinder.ToJson(settings.Current));
                verdict["values"] = settings.Origins();
                return new MethodResponse(200, verdict);
            case CommonMethods.SetLocal:
                return ChangeLocal("set", errors => LocalRequest.ReadSet(request.Payload, errors) is { } given
                    ? settings.SetLocal(given.Values, given.Source, pump.Context().Now)
                    : errors.All);
            case CommonMethods.ClearLocal:
                return ChangeLocal("cleared", errors => LocalRequest.TryReadClear(request.Payload, errors, out var paths) ? settings.ClearLocal(paths) : errors.All);
            case CommonMethods.ResetState:
                return Reset();
            default:
                return CallOwn(request) ?? new MethodResponse(501, new JObject
                {
                    ["message"] = $"There is no method \"{request.Name}\"; this module has {string.Join(", ", CommonMethods.All.Concat(module.Methods))}.",
                });
        }
    }

    private MethodResponse? CallOwn(MethodRequest request) => module.Methods.Contains(request.Name) ? module.OnMethod(request, pump.Context()) : null;

    private MethodResponse ChangeLocal(string done, Func<SettingErrors, IReadOnlyList<SettingError>> change)
    {
        try
        {
            // As with new desired properties: what was sent must be known as sent before the settings change that it was made with.
            pump.SaveBooks();
            var before = settings.Current;
            var errors = change(new SettingErrors());
            if (errors.Count > 0)
            {
                return new MethodResponse(400, new JObject
                {
                    ["message"] = errors.Count <= MostErrors ? "Nothing has changed." : $"Nothing has changed. These are {MostErrors} of {errors.Count} errors.",
                    ["errors"] = new JArray(errors.Take(MostErrors).Select(error => new JObject { ["path"] = error.Path, ["message"] = error.Message })),
                });
            }

            if (!ReferenceEquals(before, settings.Current)) pump.SettingsChanged();
            settingsChanged();
            return new MethodResponse(200, new JObject { ["status"] = done, ["version"] = settings.LocalVersion });
        }
        catch (IOException error)
        {
            return new MethodResponse(500, new JObject { ["message"] = $"Nothing has changed, since it cannot be saved: {error.Message}" });
        }
    }

    private static MethodResponse Fit(MethodResponse response)
    {
        if (response.Payload is null || JsonText.ToUtf8(response.Payload) is not { Length: > MostBytes and var bytes }) return response;
        var message = $"The answer would have {bytes} bytes; it must have at most {MostBytes}. What was called has been done.";
        return new MethodResponse(response.Status, new JObject { ["message"] = message });
    }

    private MethodResponse Reset()
    {
        try
        {
            pump.Reset();
            return new MethodResponse(200, new JObject { ["status"] = "reset" });
        }
        catch (IOException error)
        {
            return new MethodResponse(500, new JObject
            {
                ["message"] = $"The state is not reset for good, since that cannot be saved: {error.Message} "
                    + "The running module has forgotten its state, but its next start finds the old one again. Make the state directory writable, with room on its disk, and call resetState again.",
            });
        }
    }
}
