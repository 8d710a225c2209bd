using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>
/// A mail server that somebody else wrote: it takes mail from who signs in, and nobody can sign in before the
/// connection is encrypted. Its certificate is its own; whoever shall trust it is told where it lies.
/// </summary>
internal sealed class MailServer : MessageStore, IUserAuthenticator, IAsyncDisposable
{
    public const string User = "fairlead", Password = "right-password";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string User, bool IsSecure, string Mail)> _mails = [];
    private readonly Task _serving;
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-mail-").FullName;

    /// <param name="isSecure">It offers STARTTLS.</param>
    public MailServer(bool isSecure = true)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var certificate = Certificate();
        Trust = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(Trust, certificate.ExportCertificatePem());
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AuthenticationRequired(isSecure);
            if (isSecure)
                endpoint.Certificate(certificate);
        }).Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IMessageStore)this);
        services.Add((IUserAuthenticator)this);
        _serving = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>The file with its certificate.</summary>
    public string Trust { get; }

    /// <summary>What it took: who sent it, whether over an encrypted connection, and the mail.</summary>
    public IReadOnlyList<(string User, bool IsSecure, string Mail)> Mails
    {
        get
        {
            lock (_mails)
                return [.. _mails];
        }
    }

    public Task<bool> AuthenticateAsync(
        ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
        Task.FromResult((user, password) == (User, Password));

    public override Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken)
    {
        lock (_mails)
        {
            _mails.Add((context.Authentication.User ?? "", context.Pipe.IsSecure,
                Encoding.UTF8.GetString(buffer.ToArray())));
        }

        return Task.FromResult(SmtpResponse.Ok);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
