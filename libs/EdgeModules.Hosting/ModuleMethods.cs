using EdgeModules.Hosting.Connection;
using EdgeModules.Hosting.Settings;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting;

/// <summary>The direct methods of every module, and behind them the module's own. All run on the pump's loop.</summary>
internal sealed class ModuleMethods<TSettings>(EdgeModule<TSettings> module, MessagePump<TSettings> pump, TwinSettings<TSettings> settings)
    where TSettings : class, ISettings<TSettings>, new()
{
    public async Task<MethodResponse> CallAsync(MethodRequest request)
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
            case "ping":
                return new MethodResponse(200, new JObject { ["status"] = "ok" });
            case "getLedger":
                return new MethodResponse(200, Books());
            case "getSettings":
                var verdict = settings.Verdict();
                verdict["twinSeen"] = settings.IsFresh;
                verdict["settings"] = SettingsBinder.ToJson(settings.Current);
                return new MethodResponse(200, verdict);
            case "resetState":
                return Reset();
            default:
                return module.OnMethod(request, pump.Context()) ?? new MethodResponse(501, new JObject
                {
                    ["message"] = $"There is no method \"{request.Name}\"; every module has ping, getLedger, getSettings and resetState.",
                });
        }
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
