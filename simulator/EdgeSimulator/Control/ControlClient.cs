using System.Net.Http.Headers;
using EdgeModules.Messages;
using EdgeSimulator.Hub;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Control;

/// <summary>Calls the <see cref="ControlApi"/> of the simulator that runs on this machine.</summary>
public sealed class ControlClient(int port, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<JObject> GetStatusAsync(CancellationToken cancellation) => CallAsync(HttpMethod.Get, "status", null, cancellation);

    public Task<JObject> GetTwinAsync(string module, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"{PathOf(module)}/twin", null, cancellation);

    public async Task<DesiredChange> PatchDesiredAsync(string module, JObject patch, CancellationToken cancellation)
    {
        var answer = await CallAsync(HttpMethod.Patch, $"{PathOf(module)}/twin/desired", patch, cancellation);
        return new DesiredChange(answer.Value<long>("version"), answer.Value<string>("refusal"));
    }

    public async Task<MethodResult> InvokeAsync(string module, string method, JToken? payload, TimeSpan timeout, CancellationToken cancellation)
    {
        var call = new JObject { ["method"] = method, ["payload"] = payload, ["timeoutSeconds"] = (long)timeout.TotalSeconds };
        var answer = await CallAsync(HttpMethod.Post, $"{PathOf(module)}/methods", call, cancellation, Patience + timeout);
        return new MethodResult(answer.Value<int>("status"), answer["payload"] is { Type: not JTokenType.Null } result ? result : null);
    }

    public Task<JObject> SendAsync(string module, string input, InjectedMessage message, CancellationToken cancellation)
    {
        var request = new JObject
        {
            ["input"] = input,
            ["bodyBase64"] = Convert.ToBase64String(message.Body.Span),
            ["readings"] = message.Readings,
            ["properties"] = new JObject(message.Properties.Select(property => new JProperty(property.Key, property.Value))),
        };
        if (message.MessageId is { } id) request["messageId"] = id;
        return CallAsync(HttpMethod.Post, $"{PathOf(module)}/messages", request, cancellation);
    }

    public Task<JObject> CommandAsync(string module, ModuleCommand command, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, $"{PathOf(module)}/{command.ToString().ToLowerInvariant()}", null, cancellation);

    public Task<JObject> SetOnlineAsync(bool online, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Put, "cloud", new JObject { ["online"] = online }, cancellation);

    public Task<JObject> SetQualityAsync(CloudQualityChange change, CancellationToken cancellation) => CallAsync(
        HttpMethod.Put, "cloud/quality", new JObject { ["latencyMs"] = change.LatencyMs, ["lossPercent"] = change.LossPercent }, cancellation);

    public Task<JObject> GetCredentialsAsync(string module, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"{PathOf(module)}/credentials", null, cancellation);

    /// <param name="fromStart">What has reached the cloud since the start of the run first.</param>
    /// <param name="module">Null for all; another one only has to exist.</param>
    public Task<ControlLines> FollowCloudAsync(bool fromStart, string? module, CancellationToken cancellation) => OpenAsync(
        $"cloud/messages?from={(fromStart ? "start" : "now")}{(module is null ? "" : $"&module={Uri.EscapeDataString(module)}")}", cancellation);

    /// <param name="tail">Null for all lines of this run.</param>
    public Task<ControlLines> ReadLogAsync(string source, int? tail, bool follow, CancellationToken cancellation) => OpenAsync(
        $"logs/{Uri.EscapeDataString(source)}?follow={(follow ? "true" : "false")}{(tail is null ? "" : $"&tail={tail}")}", cancellation);

    public void Dispose() => _http.Dispose();

    private static string PathOf(string module) => $"modules/{Uri.EscapeDataString(module)}";

    /// <exception cref="SimulatorException">No simulator listens there, or it refuses; the message is the simulator's.</exception>
    private async Task<JObject> CallAsync(HttpMethod method, string path, JObject? body, CancellationToken cancellation, TimeSpan? patience = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonText.ToUtf8(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        using var response = await RequestAsync(request, HttpCompletionOption.ResponseContentRead, patience ?? Patience, cancellation);
        return await ReadAsync(response, cancellation);
    }

    private async Task<ControlLines> OpenAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        var response = await RequestAsync(request, HttpCompletionOption.ResponseHeadersRead, Patience, cancellation);
        try
        {
            if (!response.IsSuccessStatusCode) await ReadAsync(response, cancellation);
            return new ControlLines(response, await response.Content.ReadAsStreamAsync(cancellation));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(
        HttpRequestMessage request, HttpCompletionOption completion, TimeSpan patience, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await _http.SendAsync(request, completion, either.Token);
        }
        catch (HttpRequestException error)
        {
            throw new SimulatorException($"No simulator answers on port {port}; start one with run, or name its port with --api-port.", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new SimulatorException($"The simulator on port {port} did not answer within {patience.TotalSeconds:0} s.", error);
        }
    }

    private async Task<JObject> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var answer = JsonText.ParseObject(await response.Content.ReadAsByteArrayAsync(cancellation));
            return response.IsSuccessStatusCode
                ? answer
                : throw new SimulatorException(answer.Value<string>("error") ?? $"The simulator answered {(int)response.StatusCode}.");
        }
        catch (JsonException error)
        {
            throw new SimulatorException($"What listens on port {port} is no simulator; name the port of one with --api-port.", error);
        }
    }
}
