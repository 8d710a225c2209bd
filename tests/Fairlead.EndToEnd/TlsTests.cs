using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Fairlead.Client;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>
/// TLS by the ordinary settings of Kestrel: one more address, for HTTP and gRPC alike, with a certificate that an
/// authority of the test's own has signed.
/// </summary>
public sealed partial class TlsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Tls_ConfiguredAsForKestrel_CarriesRestGrpcAndTheCommandLine()
    {
        using var folder = new TemporaryFolder();
        using var authority = Authority();
        var authorityFile = folder.In("authority.pem");
        await File.WriteAllTextAsync(
            authorityFile, authority.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(folder.In("data"), Settings(folder, authority));
        var address = new Uri(Secure().Match(server.Error).Value);

        // REST, by our client, which trusts this authority and no other.
        var client = FairleadClient.Connect(address, authorities: [authority]);
        (await client.GetStatusAsync()).Storage.ShouldBe("sqlite");

        // gRPC on the same address: the protocol is agreed on in the handshake.
        (await HealthAsync(address, authority)).ShouldBe("0");

        // The command line, with the authority and without it.
        var trusting = await BuiltProgram.RunAsync(
            Limit, new Dictionary<string, string> { ["FAIRLEAD_CA"] = authorityFile },
            "status", "--server", address.AbsoluteUri);
        trusting.ExitCode.ShouldBe(0, trusting.Error);
        var doubting = await BuiltProgram.RunAsync(Limit, "status", "--server", address.AbsoluteUri);
        doubting.ExitCode.ShouldBe(6);
        doubting.Error.ShouldContain("is not trusted");
        doubting.Error.ShouldContain("--ca");
        doubting.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("Kestrel__Endpoints__Tls__Url", "https://127.0.0.1:0", "certificate")]
    [InlineData("Kestrel__Certificates__Default__Path", "/nowhere/server.pem", "/nowhere/server.pem")]
    [InlineData("Kestrel__Endpoints__Tls__Url", "http://0.0.0.0:0", "Refusing to listen on '0.0.0.0'")]
    public async Task Settings_ThatCannotBe_AreToldInASentence(string name, string value, string told)
    {
        using var folder = new TemporaryFolder();
        var finished = await BuiltProgram.RunAsync(
            Limit, new Dictionary<string, string> { [name] = value },
            "serve", "--data", folder.In("data"), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0");

        finished.ExitCode.ShouldBe(2, finished.Error);
        finished.Error.ShouldContain(told);
        finished.Error.ShouldNotContain("   at ");
    }

    private static Dictionary<string, string> Settings(TemporaryFolder folder, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=fairlead", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(
            authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));

        var (certificateFile, keyFile) = (folder.In("server.pem"), folder.In("server.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return new Dictionary<string, string>
        {
            ["Kestrel__Endpoints__Tls__Url"] = "https://127.0.0.1:0",
            ["Kestrel__Certificates__Default__Path"] = certificateFile,
            ["Kestrel__Certificates__Default__KeyPath"] = keyFile,
        };
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=an authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Calls <c>grpc.health.v1.Health/Check</c> over TLS and returns its gRPC status.</summary>
    private static async Task<string> HealthAsync(Uri address, X509Certificate2 authority)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { authority },
            },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return answer.TrailingHeaders.GetValues("grpc-status").Single();
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Secure();
}
