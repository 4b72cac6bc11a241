using System.Globalization;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>What the <see cref="ControlApi"/> answers to which request.</summary>
/// <param name="ending">The simulator is about to end: what is followed ends with what is there then.</param>
internal sealed class ControlEndpoints(ISimulatorControl control, CancellationToken ending)
{
    private const int MostTailLines = 1_000_000;

    public void Map(WebApplication application)
    {
        application.MapGet("/status", context => AnswerAsync(context, control.GetStatus()));
        application.MapGet("/modules/{module}/twin", context => AnswerAsync(context, control.GetTwin(Module(context))));
        application.MapMethods("/modules/{module}/twin/desired", [HttpMethods.Patch], async context =>
        {
            var patch = await ReadObjectAsync(context.Request);
            var change = control.PatchDesired(Module(context), patch);
            await AnswerAsync(context, new JObject { ["version"] = change.Version, ["refusal"] = change.Refusal });
        });
        application.MapGet("/modules/{module}/credentials", context => AnswerAsync(context, control.GetCredentials(Module(context))));
        foreach (var command in Enum.GetValues<ModuleCommand>())
        {
            application.MapPost(
                $"/modules/{{module}}/{command.ToString().ToLowerInvariant()}",
                async context => await AnswerAsync(context, await control.CommandAsync(Module(context), command)));
        }

        application.MapPost("/modules/{module}/methods", InvokeAsync);
        application.MapPost("/modules/{module}/messages", SendAsync);
        application.MapPut("/cloud", async context =>
            await AnswerAsync(context, control.SetOnline(Required<bool>(await ReadObjectAsync(context.Request), "online"))));
        application.MapPut("/cloud/quality", async context =>
        {
            var change = await ReadObjectAsync(context.Request);
            var quality = new CloudQualityChange(Within(change, "latencyMs", UpstreamQuality.MostLatencyMs), Within(change, "lossPercent", 100));
            await AnswerAsync(context, control.SetQuality(quality));
        });
        application.MapGet("/cloud/messages", FollowCloudAsync);
        application.MapGet("/logs/{source}", ReadLogAsync);
        application.MapFallback(context =>
            RefuseAsync(context, StatusCodes.Status404NotFound, $"There is no {context.Request.Method} {context.Request.Path}."));
    }

    public static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new JObject { ["error"] = error });
    }

    private async Task InvokeAsync(HttpContext context)
    {
        var call = await ReadObjectAsync(context.Request);
        var seconds = Required<long>(call, "timeoutSeconds");
        if (seconds is < MethodTimeout.LeastSeconds or > MethodTimeout.MostSeconds)
            throw new BadHttpRequestException($"timeoutSeconds is {seconds}; it must be {MethodTimeout.LeastSeconds} to {MethodTimeout.MostSeconds}.");
        var result = await control.InvokeAsync(
            Module(context), Required<string>(call, "method"), call["payload"], TimeSpan.FromSeconds(seconds), context.RequestAborted);
        await AnswerAsync(context, new JObject { ["status"] = result.Status, ["payload"] = result.Payload });
    }

    private async Task SendAsync(HttpContext context)
    {
        var request = await ReadObjectAsync(context.Request);
        var body = new byte[request["bodyBase64"]?.ToString().Length ?? 0];
        if (!Convert.TryFromBase64String(Required<string>(request, "bodyBase64"), body, out var length))
            throw new BadHttpRequestException("bodyBase64 must be Base64.");
        var readings = Required<long>(request, "readings");
        if (readings < 0) throw new BadHttpRequestException($"readings is {readings}; it must be 0 or more.");
        var properties = Required<JObject>(request, "properties").Properties()
            .Select(property => KeyValuePair.Create(property.Name, property.Value.ToString()));
        var message = new InjectedMessage(body.AsMemory(0, length), readings, [.. properties]) { MessageId = request.Value<string?>("messageId") };
        await AnswerAsync(context, control.Send(Module(context), Required<string>(request, "input"), message));
    }

    private async Task FollowCloudAsync(HttpContext context)
    {
        var cloud = control.GetCloud(context.Request.Query["module"].FirstOrDefault());
        var from = context.Request.Query["from"] == "start" ? cloud.Start : cloud.End;
        await BeginLinesAsync(context, "application/jsonl; charset=utf-8");
        await cloud.CopyAsync(from, context.Response.Body, ending, context.RequestAborted);
    }

    private async Task ReadLogAsync(HttpContext context)
    {
        var log = control.GetLog((string)context.GetRouteValue("source")!);
        var from = log.Start;
        if (context.Request.Query["tail"].FirstOrDefault() is { } tail)
        {
            from = int.TryParse(tail, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) && lines <= MostTailLines
                ? log.StartOfLast(lines)
                : throw new BadHttpRequestException($"tail is {tail}; it must be 0 to {MostTailLines}.");
        }

        await BeginLinesAsync(context, "text/plain; charset=utf-8");
        var over = context.Request.Query["follow"] == "true" ? ending : new CancellationToken(canceled: true);
        await log.CopyAsync(from, context.Response.Body, over, context.RequestAborted);
    }

    /// <summary>The headers tell the caller that from now on nothing is missed. To start an answer is not to send it: that would wait for the first line.</summary>
    private static async Task BeginLinesAsync(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static string Module(HttpContext context) => (string)context.GetRouteValue("module")!;

    private static T Required<T>(JObject body, string name) => body[name] switch
    {
        T whole => whole,
        JValue { Value: T value } => value,
        var other => throw new BadHttpRequestException($"{name} is {other?.ToString() ?? "absent"}; it must be of the type {typeof(T).Name}."),
    };

    /// <returns>Null when it is absent.</returns>
    private static double? Within(JObject body, string name, double most) => body[name] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: long or double } number when number.Value<double>() is var value && value >= 0 && value <= most => value,
        var other => throw new BadHttpRequestException($"{name} is {other}; it must be a number from 0 to {most:0}."),
    };

    private static async Task<JObject> ReadObjectAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return JsonText.ParseObject(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static Task AnswerAsync(HttpContext context, JToken answer)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.Body.WriteAsync(JsonText.ToUtf8(answer)).AsTask();
    }
}

/// <summary>How long a direct method may take; the limits are those of IoT Hub.</summary>
public static class MethodTimeout
{
    public const int LeastSeconds = 5;
    public const int MostSeconds = 300;
    public const int UsualSeconds = 30;
}
