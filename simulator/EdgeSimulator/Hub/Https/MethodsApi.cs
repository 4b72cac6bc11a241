using System.Net;
using System.Text;
using EdgeSimulator.Hub.Mqtt;
using EdgeSimulator.Hub.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Https;

/// <summary>
/// Direct methods called by modules: <c>POST /twins/{device}/methods</c> and <c>/twins/{device}/modules/{module}/methods</c>. The query is not looked at:
/// Microsoft's Node SDK sends no api-version. The statuses are those of edgeHub, also 500 for a call that it cannot read, which edgeHub leaves
/// without a word; here the word is there.
/// </summary>
internal sealed partial class MethodsApi(HubOptions options, Authenticator authenticator, DirectMethods methods, TimeProvider clock, ILoggerFactory loggers)
{
    private const string CallerHeader = "x-ms-edge-moduleId";
    private readonly ILogger _logger = loggers.CreateLogger<MethodsApi>();

    /// <returns>The HTTP status, and the body where there is one.</returns>
    public async Task<(int Status, JToken? Body)> AnswerAsync(HttpContext context)
    {
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
        (string Device, string? Module)? target = path switch
        {
            ["", "twins", var device, "methods"] => (Decode(device), null),
            ["", "twins", var device, "modules", var module, "methods"] => (Decode(device), Decode(module)),
            _ => null,
        };
        if (target is not { } found) return (StatusCodes.Status404NotFound, null);
        if (!HttpMethods.IsPost(context.Request.Method)) return (StatusCodes.Status405MethodNotAllowed, null);
        if (!context.Request.HasJsonContentType()) return (StatusCodes.Status415UnsupportedMediaType, null);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return await AnswerAsync(found.Device, found.Module, context.Request, body.ToArray(), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<(int Status, JToken? Body)> AnswerAsync(
        string device, string? module, HttpRequest request, byte[] body, CancellationToken cancellation)
    {
        MethodCall call;
        try
        {
            call = MethodCallBody.Read(module ?? "", body);
        }
        catch (FormatException error)
        {
            return Refuse(StatusCodes.Status500InternalServerError, error.Message, error.Message);
        }

        if (Refuse(request, out var caller) is { } refusal) return refusal;
        var target = module is null ? device : $"{device}/{module}";
        LogCall(caller, call.Name, target);
        // Only modules of this device connect to this hub; any other target is a client that is not there.
        var served = device == options.DeviceId && module is not null;
        var outcome = await (served ? methods.CallAsync(call, caller, cancellation) : WaitInVainAsync(call.ConnectTimeout, cancellation)).ConfigureAwait(false);
        return outcome switch
        {
            // As it came: what is no JSON leaves as no JSON.
            MethodOutcome.Answered answer => (StatusCodes.Status200OK, new JObject
            {
                ["status"] = answer.Status,
                ["payload"] = answer.Body.Length == 0 ? null : new JRaw(Encoding.UTF8.GetString(answer.Body)),
            }),
            MethodOutcome.NotAsked => (StatusCodes.Status404NotFound, Message($"Client {target} not found")),
            _ => (StatusCodes.Status504GatewayTimeout, Message($"Timed out waiting for device to respond to method request {call.Name}")),
        };
    }

    /// <returns>Null when the caller may call.</returns>
    private (int Status, JToken? Body)? Refuse(HttpRequest request, out string caller)
    {
        caller = request.Headers[CallerHeader].FirstOrDefault() ?? "";
        if (caller.Split('/', 2, StringSplitOptions.RemoveEmptyEntries) is not [var device, var module])
        {
            return Refuse(
                StatusCodes.Status400BadRequest, $"Invalid header value for {CallerHeader}", $"{CallerHeader} is '{caller}'; it must be device/module.");
        }

        if (device != options.DeviceId)
            return Refuse(StatusCodes.Status401Unauthorized, "Only modules on the same device can invoke DirectMethods", $"The caller is '{caller}'.");
        var token = request.Headers.Authorization;
        if (token.Count != 1)
            return Refuse(StatusCodes.Status401Unauthorized, "Authorization header missing", $"{caller} sent {token.Count} Authorization headers.");
        return authenticator.AuthenticateToken(device, module, token[0], clock.GetUtcNow()) is AuthenticationResult.Refused refused
            ? Refuse(StatusCodes.Status401Unauthorized, $"Unable to authenticate device with Id {caller}", refused.Reason)
            : null;
    }

    private (int Status, JToken? Body) Refuse(int status, string message, string reason)
    {
        LogRefused(status, reason);
        return (status, Message(message));
    }

    private async Task<MethodOutcome> WaitInVainAsync(TimeSpan connectTimeout, CancellationToken cancellation)
    {
        await Task.Delay(connectTimeout, clock, cancellation).ConfigureAwait(false);
        return new MethodOutcome.NotAsked(Connected: false);
    }

    private static JObject Message(string message) => new() { ["message"] = message };

    /// <summary>Twice, as edgeHub does: once as a part of a path, once as an id that was encoded.</summary>
    private static string Decode(string part) => WebUtility.UrlDecode(Uri.UnescapeDataString(part));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Caller} calls method {Method} of {Target}.")]
    private partial void LogCall(string caller, string method, string target);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a method call over HTTPS with status {Status}. {Reason}")]
    private partial void LogRefused(int status, string reason);
}
