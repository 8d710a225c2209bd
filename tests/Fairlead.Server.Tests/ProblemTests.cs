using System.Net;
using System.Net.Http.Json;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests;

public sealed class ProblemTests
{
    [Fact]
    public void EveryKindOfRefusal_HasAStatus()
    {
        foreach (var kind in Enum.GetValues<RefusalKind>())
            ProblemTable.StatusOf(kind).ShouldBeInRange(400, 503);
    }

    [Theory]
    [InlineData("POST", "api/v1/models", """{"name":"m","nmae":1}""", 400, "unknown_field", "nmae")]
    [InlineData("POST", "api/v1/models", """{"name":"m","name":"n"}""", 400, "duplicate_field", "name")]
    [InlineData("POST", "api/v1/models", "{}", 400, "missing_field", null)]
    [InlineData("POST", "api/v1/models", """{"name":null}""", 400, "invalid_json", "name")]
    [InlineData("POST", "api/v1/models", """{"name":"m","tags":null}""", 400, "invalid_json", "tags")]
    [InlineData("POST", "api/v1/models", """{"name":7}""", 400, "invalid_json", "name")]
    [InlineData(
        "POST", "api/v1/models", """{"name":"m","description":"a\u0000b"}""", 400, "invalid_text", "description")]
    [InlineData("POST", "api/v1/models", """{"name":"\ud800"}""", 400, "invalid_json", "name")]
    [InlineData("PUT", "api/v1/endpoints/e", """{"variants":[{"name":"a","model":"m","version":1,"weight":1e999}]}""",
        400, "invalid_json", "variants[0].weight")]
    [InlineData("POST", "api/v1/models", "null", 400, "invalid_json", null)]
    [InlineData("POST", "api/v1/models", "{", 400, "invalid_json", null)]
    [InlineData("POST", "api/v1/models", "", 400, "invalid_json", null)]
    [InlineData("PUT", "api/v1/endpoints/e", """{"variants":[null]}""", 400, "invalid_json", "variants[0]")]
    [InlineData("PUT", "api/v1/endpoints/e", """{"variants":[{"name":"a","model":"m","versoin":1}]}""",
        400, "unknown_field", "variants[0].versoin")]
    [InlineData("PUT", "api/v1/endpoints/e?wait=soon", """{"variants":[]}""", 400, "invalid_parameter", "wait")]
    [InlineData("PUT", "api/v1/endpoints/e", """{"variants":[]}""", 400, "no_variants", "variants")]
    [InlineData("PUT", "api/v1/endpoints/a%00b", """{"variants":[]}""", 400, null, null)]
    [InlineData("POST", "api/v1/models/m/versions", """{"files":[null]}""", 400, "invalid_digest", "files[0].digest")]
    [InlineData("POST", "api/v1/models/m/versions", """{"files":[]}""", 400, "invalid_files", "files")]
    [InlineData("GET", "api/v1/models?limit=0", null, 400, "invalid_parameter", "limit")]
    [InlineData("GET", "api/v1/models?pageToken=%21", null, 400, "invalid_parameter", "pageToken")]
    [InlineData("GET", "api/v1/audit?since=yesterday", null, 400, "invalid_parameter", "since")]
    [InlineData("GET", "api/v1/models/m/versions/x", null, 400, "invalid_parameter", "number")]
    [InlineData("GET", "api/v1/nothing", null, 404, "no_route", null)]
    [InlineData("DELETE", "api/v1/status", null, 405, "method_not_allowed", null)]
    [InlineData("GET", "api/v1/artifacts/xyz", null, 400, "invalid_digest", "digest")]
    public async Task ABadRequest_IsAProblemThatSaysWhere(
        string method, string path, string? body, int status, string? code, string? field)
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.HttpWith(null);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await http.SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        if (code is null)
            return;
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Lenient))!;
        problem.Code.ShouldBe(code, text);
        problem.Field.ShouldBe(field, text);
        problem.Status.ShouldBe(status);
        text.ShouldNotContain("Fairlead.Client");
        text.ShouldNotContain("System.");
    }

    [Fact]
    public async Task ABody_ThatIsTooLarge_IsRefusedWithoutBeingRead()
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.HttpWith(null);
        using var body = new StringContent(
            $$"""{"name":"m","description":"{{new string('x', 2 << 20)}}"}""", Encoding.UTF8, "application/json");

        using var response = await http.PostAsync("api/v1/models", body);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task AForm_OfAnotherSite_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var http = server.HttpWith(null);
        using var body = new StringContent("""{"name":"m"}""", Encoding.UTF8, "text/plain");

        using var response = await http.PostAsync("api/v1/models", body);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await response.Content.ReadFromJsonAsync<Problem>(ApiJson.Lenient))!.Code.ShouldBe("unsupported_media_type");
    }
}
