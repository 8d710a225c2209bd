using System.Net;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.WholeHost;

/// <summary>
/// The console inside the running host: who gets in, who does not, and what else the same address answers.
/// </summary>
public sealed class ConsoleTests : IAsyncLifetime
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-console-").FullName;
    private WebApplication _app = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync() => await StartAsync(AdminKey);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Root_AskedByABrowser_IsTheConsole_AndSaysToOthersThatItIsAlive()
    {
        using var http = Browser();

        (await http.GetStringAsync(_address)).ShouldBe("""{"status":"alive"}""");
        using var page = await PageAsync(http, "/?q=a");
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        page.Headers.Location!.ToString().ShouldBe("/sign-in?to=%2F%3Fq%3Da");
    }

    [Fact]
    public async Task SignIn_WithAKey_LetsItsHolderIn_UntilItIsRevoked()
    {
        var admin = FairleadClient.Connect(_address, AdminKey);
        var made = await admin.CreateKeyAsync(new CreateKeyRequest { Name = "on-call", Role = "viewer" },
            TestContext.Current.CancellationToken);
        using var http = Browser();

        using var answer = await SignInAsync(http, made.Secret);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/rollouts");
        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain(made.Secret);
        cookie.Length.ShouldBeLessThan(250);

        using var page = await PageAsync(http, "/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        html.ShouldContain("on-call");
        html.ShouldContain("No endpoint yet");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");

        await admin.RevokeKeyAsync(made.Key.Id, cancellation: TestContext.Current.CancellationToken);
        using var after = await PageAsync(http, "/");
        after.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task SignIn_WithAWrongKeyOrAForgedCookie_LetsNobodyIn()
    {
        using var http = Browser();

        using var answer = await SignInAsync(http, "not-a-key");
        answer.Headers.Location!.ToString().ShouldContain("why=refused");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, "/"));
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Cookie", "fairlead-session=" + new string('A', 66));
        using var page = await http.SendAsync(request, TestContext.Current.CancellationToken);
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Circuit_FromAPageOfAnotherSite_IsRefused()
    {
        using var http = Browser();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(_address, "/_blazor/negotiate?negotiateVersion=1"));
        request.Headers.Add("Origin", "https://elsewhere.example");

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("cross_origin");
    }

    [Fact]
    public async Task Circuit_WithoutSession_IsRefused()
    {
        using var http = Browser();

        using var answer = await http.PostAsync(
            new Uri(_address, "/_blazor/negotiate?negotiateVersion=1"), null, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Assets_LieInsideTheProgram_AndAreKeptByTheirContent()
    {
        using var http = Browser();
        using var signIn = await PageAsync(http, "/sign-in");
        var html = await signIn.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var style = html.Split('"').First(part => part.EndsWith("/console.css", StringComparison.Ordinal));

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, style));
        request.Headers.Add("Accept-Encoding", "br");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        using var none = await http.GetAsync(
            new Uri(_address, "/console/x/nothing.css"), TestContext.Current.CancellationToken);
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Page_ThatIsNone_SaysSo()
    {
        using var http = Browser();
        using var signedIn = await SignInAsync(http, AdminKey);

        using var page = await PageAsync(http, "/endpoints/a/b/c");

        page.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldContain("There is nothing at this address");
    }

    [Fact]
    public async Task Console_WithoutKeys_AsksNobodyToSignIn_AndAnswersThisMachineOnly()
    {
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await StartAsync(key: null);
        using var http = Browser();

        using var page = await PageAsync(http, "/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("admin");

        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        request.Headers.Add("Accept", "text/html");
        request.Headers.Host = "rebound.example";
        using var foreign = await http.SendAsync(request, TestContext.Current.CancellationToken);
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task StartAsync(string? key)
    {
        _app = FairleadHost.Create(
            new ServeOptions { Http = "127.0.0.1:0", Grpc = "127.0.0.1:0", LogLevel = LogLevel.Error },
            new ControlPlaneOptions { DataFolder = _folder, AdminKey = key });
        await _app.StartAsync(CancellationToken.None);
        _address = new Uri(_app.Urls.First());
    }

    private static HttpClient Browser() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    private async Task<HttpResponseMessage> PageAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        request.Headers.Add("Accept", "text/html,application/xhtml+xml");
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SignInAsync(HttpClient http, string key)
    {
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["key"] = key, ["to"] = "/rollouts" });
        return await http.PostAsync(new Uri(_address, "/sign-in/enter"), form, TestContext.Current.CancellationToken);
    }
}
