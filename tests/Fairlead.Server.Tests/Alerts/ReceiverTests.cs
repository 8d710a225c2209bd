using System.Net;
using Fairlead.Client.Api;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>Receivers are documents, and what is secret of them goes in and never comes out.</summary>
public sealed class ReceiverTests(PostgresServer postgres)
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private const string Document = """
        kind: Receiver
        name: on-call
        groupWait: 10s
        webhook:
          url: https://hooks.example.org/services/very-secret-token
          secret: signing-secret
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Document_MakesAReceiver_AndNoSecretComesBack(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var applied = (await server.Client.ApplyAsync(Document, cancellation: Cancellation)).Documents
            .ShouldHaveSingleItem();
        (applied.Kind, applied.Name, applied.Outcome).ShouldBe(("Receiver", "on-call", "created"));
        (await server.Client.ApplyAsync(Document, cancellation: Cancellation)).Documents[0].Outcome
            .ShouldBe("unchanged");

        using var http = server.HttpWith(null);
        foreach (var address in new[] { "api/v1/receivers", "api/v1/receivers/on-call", "api/v1/audit" })
        {
            var text = await http.GetStringAsync(new Uri(address, UriKind.Relative), Cancellation);
            text.ShouldContain("on-call");
            text.ShouldNotContain("secret-token");
            text.ShouldNotContain("signing-secret");
        }

        var receiver = await server.Client.GetReceiverAsync("on-call", Cancellation);
        (receiver.Type, receiver.Target, receiver.HasSecret)
            .ShouldBe(("webhook", "https://hooks.example.org/…", true));
        receiver.Settings.GroupWait.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task SecretsThatAreLeftOut_Stay_AndEmptyOnesAreRemoved()
    {
        await using var server = await TestServer.StartAsync();
        await server.Client.ApplyAsync(Document, cancellation: Cancellation);

        // What was answered may be sent back.
        var shown = (await server.Client.GetReceiverAsync("on-call", Cancellation)).Settings;
        await server.Client.PutReceiverAsync(
            "on-call", shown with { GroupInterval = TimeSpan.FromMinutes(1) }, Cancellation);
        (await SecretsAsync(server)).ShouldContain("very-secret-token");
        (await SecretsAsync(server)).ShouldContain("signing-secret");

        await server.Client.PutReceiverAsync(
            "on-call", shown with { Webhook = new WebhookReceiver { Secret = "" } }, Cancellation);
        (await SecretsAsync(server)).ShouldNotContain("signing-secret");
        (await server.Client.ListAuditAsync(cancellation: Cancellation)).Items
            .Count(entry => entry.What == "receiver.put").ShouldBe(3);
    }

    [Fact]
    public async Task APassword_IsNotSentToAServerThatItWasNotGivenFor()
    {
        await using var server = await TestServer.StartAsync();
        var mail = new EmailReceiver
        {
            Host = "mail.example.org",
            Username = "fairlead",
            Password = "mail-password",
            From = "fairlead@example.org",
            To = ["night@example.org"],
        };
        await server.Client.PutReceiverAsync("on-call", new ReceiverRequest { Email = mail }, Cancellation);
        await server.Client.PutReceiverAsync(
            "on-call", new ReceiverRequest { Email = mail with { Password = null } }, Cancellation);
        (await SecretsAsync(server)).ShouldContain("mail-password");
        await server.Client.PutReceiverAsync("on-call",
            new ReceiverRequest { Email = mail with { Password = null, Host = "evil.example.org" } }, Cancellation);
        (await SecretsAsync(server)).ShouldNotContain("mail-password");
    }

    [Fact]
    public async Task WrongReceivers_AreRefused_WithEveryFault()
    {
        await using var server = await TestServer.StartAsync();
        var problem = await server.Client.PutReceiverAsync("r", new ReceiverRequest
        {
            GroupInterval = TimeSpan.FromSeconds(1),
            Webhook = new WebhookReceiver { Url = "ftp://example.org" },
            Email = new EmailReceiver { Host = "?", From = "nobody at all <", Security = "none", Password = "p" },
        }, Cancellation).ShouldBeRefusedAsync("receiver_invalid", 400);
        problem.Errors.Select(error => error.Field).ShouldBe(
        [
            "webhook", "groupInterval", "webhook.url", "email.host", "email.from", "email.to", "email.username",
            "email.security",
        ], ignoreOrder: true);
        await server.Client.GetReceiverAsync("r", Cancellation).ShouldBeRefusedAsync("receiver_not_found", 404);
        await server.Client.DeleteReceiverAsync("r", cancellation: Cancellation)
            .ShouldBeRefusedAsync("receiver_not_found", 404);
    }

    [Fact]
    public async Task AKeyThatIsLimitedToAnEndpoint_MayNotSayWhoIsTold()
    {
        await using var server = await TestServer.StartAsync(options => options.AdminKey = AdminKey);
        var limited = await server.ClientWith(AdminKey).CreateKeyAsync(
            new CreateKeyRequest { Name = "one", Role = "operator", Endpoints = ["credit"] }, Cancellation);
        var client = server.ClientWith(limited.Secret);
        await client.ApplyAsync(Document, cancellation: Cancellation).ShouldBeRefusedAsync("forbidden", 403);
    }

    [Fact]
    public async Task AReceiver_CanBeTried()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        await server.Client.PutReceiverAsync(
            "r", new ReceiverRequest { Webhook = new WebhookReceiver { Url = hooks.Url } }, Cancellation);
        (await server.Client.TestReceiverAsync("r", Cancellation)).ShouldBe(new(true, "It answered 200."));
        hooks.Next(HttpStatusCode.Unauthorized);
        (await server.Client.TestReceiverAsync("r", Cancellation)).ShouldBe(new(false, "It answered 401."));
        hooks.Hooks[0].Json.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("summary").GetString()
            .ShouldBe("This is a test of the receiver 'r'; nothing is wrong.");
    }

    private static Task<string> SecretsAsync(TestServer server) => server.Services.GetRequiredService<Database>()
        .ReadAsync(db => db.Receivers.Select(row => row.Secrets).SingleAsync(), Cancellation);
}
