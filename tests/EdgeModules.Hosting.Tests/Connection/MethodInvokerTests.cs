using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Testing.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Hosting.Tests.Connection;

/// <summary>Against a gateway of the test's own, over TLS.</summary>
public sealed class MethodInvokerTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private WebApplication? _gateway;
    private (string Path, string? Authorization, string? Caller, JObject Body) _call;
    private (int Status, string Body) _answer = (200, """{"status":202,"payload":{"done":true}}""");

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _gateway = builder.Build();
        _gateway.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _call = (context.Request.Path + context.Request.QueryString, context.Request.Headers.Authorization, context.Request.Headers["x-ms-edge-moduleId"],
                JsonText.ParseObject(body.ToArray()));
            context.Response.StatusCode = _answer.Status;
            await context.Response.WriteAsync(_answer.Body);
        });
        await _gateway.StartAsync();
    }

    public Task DisposeAsync() => _gateway!.DisposeAsync().AsTask();

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task InvokeAsync_TargetAnswers_GivesItsStatusAndPayload()
    {
        using var invoker = Invoker(trusted: true);
        var response = await InvokeAsync(invoker);

        Assert.Equal(202, response.Status);
        Assert.True(response.Payload!["done"]!.Value<bool>());
        Assert.Equal("/twins/edge%201/modules/Actuator/methods?api-version=2020-09-30", _call.Path);
        Assert.Equal("edge 1/Alert", _call.Caller);
        Assert.Equal(await Credentials(trusted: true).CreateTokenAsync(Now.AddMinutes(10), CancellationToken.None), _call.Authorization);
        var expected = """{"methodName":"buzz","payload":{"seconds":2},"responseTimeoutInSeconds":30,"connectTimeoutInSeconds":0}""";
        Assert.True(JToken.DeepEquals(JToken.Parse(expected), _call.Body), $"{_call.Body}");
    }

    [Theory]
    [InlineData(404, """{"message":"not connected"}""")]
    [InlineData(504, "")]
    [InlineData(502, "<html>")]
    public async Task InvokeAsync_GatewayRefuses_GivesItsStatus(int status, string body)
    {
        _answer = (status, body);
        using var invoker = Invoker(trusted: true);
        Assert.Equal(status, (await InvokeAsync(invoker)).Status);
    }

    [Fact]
    public async Task InvokeAsync_GatewayNotTrusted_Throws()
    {
        using var invoker = Invoker(trusted: false);
        await Assert.ThrowsAsync<HttpRequestException>(() => InvokeAsync(invoker));
        Assert.Null(_call.Path);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(301)]
    public async Task InvokeAsync_TimeoutOutsideTheGatewaysLimits_Throws(int seconds)
    {
        using var invoker = Invoker(trusted: true);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => invoker.InvokeAsync("Actuator", new MethodRequest("buzz", null), TimeSpan.FromSeconds(seconds), CancellationToken.None));
    }

    private static Task<MethodResponse> InvokeAsync(MethodInvoker invoker) =>
        invoker.InvokeAsync("Actuator", new MethodRequest("buzz", new JObject { ["seconds"] = 2 }), TimeSpan.FromSeconds(30), CancellationToken.None);

    private MethodInvoker Invoker(bool trusted)
    {
        var address = _gateway!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new MethodInvoker(Credentials(trusted), new Uri(address).Port, new FakeTimeProvider(Now));
    }

    private ConnectionStringCredentials Credentials(bool trusted)
    {
        using var other = CreateCertificate();
        var roots = _folder.File($"{trusted}.pem");
        File.WriteAllText(roots, (trusted ? _certificate : other).ExportCertificatePem());
        return new ConnectionStringCredentials("HostName=hub.net;GatewayHostName=localhost;DeviceId=edge 1;ModuleId=Alert;SharedAccessKey=a2V5", roots);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        // The real clock decides whether a certificate is valid.
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
