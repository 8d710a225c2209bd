using System.Net;
using System.Net.Http.Json;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Fairlead.Server.Tests;

/// <summary>A registration that is asked for again under its key answers the version that it made.</summary>
public sealed class IdempotencyTests(PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_Again_AnswersTheSameVersion_AndMakesNoOther(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var request = await RequestAsync(server, "a model");

        var first = await server.Client.RegisterVersionAsync("m", request, "k1");
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1 });
        var again = await server.Client.RegisterVersionAsync("m", request, "k1");
        var other = await server.Client.RegisterVersionAsync("m", request, "k2");
        var elsewhere = await server.Client.RegisterVersionAsync("n", request, "k1");

        (first.Number, again.Number, other.Number, elsewhere.Number).ShouldBe((1, 1, 2, 1));
        again.Aliases.ShouldBe(["champion"]);
        (await server.Client.ListVersionsAsync("m")).Items.Count.ShouldBe(2);
        (await server.Client.ListAuditAsync(new AuditFilter { What = "version.register" })).Items.Count.ShouldBe(3);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_ManyTimesAtOnceUnderOneKey_MakesOneVersion(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var request = await RequestAsync(server, "a model");

        var versions = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => server.Client.RegisterVersionAsync("m", request, "k")));

        versions.ShouldAllBe(version => version.Number == 1);
        (await server.Client.ListVersionsAsync("m")).Items.Count.ShouldBe(1);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_AnotherContentUnderTheKey_IsRefused(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var request = await RequestAsync(server, "a model");
        await server.Client.RegisterVersionAsync("m", request, "k");

        var problem = await server.Client.RegisterVersionAsync("m", request with { Description = "another" }, "k")
            .ShouldBeRefusedAsync("idempotency_key_reused", 409);
        problem.Field.ShouldBe(FairleadClient.IdempotencyKeyHeader);
        problem.Detail!.ShouldContain("m/1");

        await server.Client.DeleteVersionAsync("m", 1);
        await server.Client.RegisterVersionAsync("m", request, "k")
            .ShouldBeRefusedAsync("idempotency_key_spent", 409);
        (await server.Client.RegisterVersionAsync("m", request)).Number.ShouldBe(2);
    }

    [Theory]
    [InlineData("two words", 1)]
    [InlineData("", 1)]
    [InlineData("x", 256)]
    public async Task Register_UnderAKeyThatIsNone_IsRefused(string part, int times)
    {
        await using var server = await TestServer.StartAsync();
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/v1/models/m/versions")
        {
            Content = JsonContent.Create(new { files = Array.Empty<object>() }),
        };
        var key = string.Concat(Enumerable.Repeat(part, times));
        message.Headers.TryAddWithoutValidation(FairleadClient.IdempotencyKeyHeader, key).ShouldBeTrue();

        using var answer = await server.HttpWith(null).SendAsync(message);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("invalid_idempotency_key");
    }

    [Fact]
    public async Task Client_WhoseAnswerIsLost_AsksAgainUnderTheSameKey()
    {
        var posts = 0;
        await using var server = await TestServer.StartAsync(map: app => app.Use((context, next) =>
        {
            // The version is stored when the answer begins; then the connection breaks.
            if (context.Request.Method == "POST" && Interlocked.Increment(ref posts) == 1)
            {
                context.Response.OnStarting(() =>
                {
                    context.Abort();
                    return Task.CompletedTask;
                });
            }

            return next(context);
        }));

        var version = await server.RegisterAsync("m");

        posts.ShouldBe(2);
        version.Number.ShouldBe(1);
        (await server.Client.ListVersionsAsync("m")).Items.Count.ShouldBe(1);
    }

    private static async Task<RegisterVersionRequest> RequestAsync(TestServer server, string content)
    {
        var artifact = await server.UploadAsync(content);
        return new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
        };
    }
}
