using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Fairlead.Serving.Tests.Hosting;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>The routes that give no predictions, and how those that do are addressed.</summary>
public sealed class RouteTests(ServingHost host) : IClassFixture<ServingHost>
{
    private const string Rows =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4],\"datatype\":\"FP32\",\"data\":[1,2,3,4]}]}";

    [Theory]
    [InlineData("/v2/health/live", 200, "{\"live\":true}")]
    [InlineData("/v2/health/ready", 200, "{\"ready\":true}")]
    [InlineData("/v2/models/batch_mlp", 200,
        "{\"name\":\"batch_mlp\",\"versions\":[\"1\"],\"platform\":\"onnx_onnxv1\","
        + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,4]}],"
        + "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1,3]}]}")]
    [InlineData("/v2/models/two/ready", 200, "{\"name\":\"two\",\"ready\":true}")]
    [InlineData("/v2/models/two/versions/2/ready", 200, "{\"name\":\"two\",\"ready\":true}")]
    [InlineData("/v2/models/two/versions/3/ready", 404,
        "{\"error\":\"Request for unknown model: 'two' version 3 is not found\"}")]
    [InlineData("/v2/models/two/versions/x", 404,
        "{\"error\":\"Request for unknown model: 'two' version x is not found\"}")]
    [InlineData("/v2/models/not_placed", 503, "{\"error\":\"The endpoint 'not_placed' has no version loaded yet.\"}")]
    [InlineData("/v2/models/not_placed/ready", 503, "{\"name\":\"not_placed\",\"ready\":false}")]
    [InlineData("/v2/models/nobody", 404, "{\"error\":\"Request for unknown model: 'nobody' is not found\"}")]
    [InlineData("/v2/models/nobody/ready", 404, "{\"error\":\"Request for unknown model: 'nobody' is not found\"}")]
    public async Task A_question_is_answered(string path, int status, string body)
    {
        using var response = await host.Client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Theory]
    [InlineData("/v2")]
    [InlineData("/v2/")]
    public async Task The_server_says_who_it_is(string path)
    {
        var json = await GetAsync(path);
        json.GetProperty("name").GetString().ShouldBe("fairlead");
        json.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        json.GetProperty("extensions").EnumerateArray().Select(name => name.GetString())
            .ShouldBe(["binary_tensor_data", "parameters"]);
    }

    [Fact]
    public async Task Lists_hold_what_the_caller_may_see()
    {
        (await Names()).ShouldContain("größe");
        host.Caller = new Principal("limited", Role.Predictor) { Endpoints = ["two", "not_placed"] };
        try
        {
            (await Names()).ShouldBe(["not_placed", "two"]);
            (await IndexAsync(null)).ShouldBe(
                "[{\"name\":\"not_placed\",\"state\":\"UNAVAILABLE\",\"reason\":\"no version is loaded yet\"},"
                + "{\"name\":\"two\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"},"
                + "{\"name\":\"two\",\"version\":\"2\",\"state\":\"READY\",\"reason\":\"\"}]");
            (await IndexAsync("{\"ready\":true}")).ShouldNotContain("not_placed");
            (await IndexAsync("{\"ready\":1}")).ShouldBe(
                "{\"error\":\"The parameter 'ready' is neither true nor false.\"}");
        }
        finally
        {
            host.Caller = Principal.Local;
        }

        async Task<string[]> Names() =>
        [
            .. (await GetAsync("/v2/models")).GetProperty("models").EnumerateArray().Select(name => name.GetString()!),
        ];
    }

    [Theory]
    [InlineData("name%20with%20spaces")]
    [InlineData("gr%C3%B6%C3%9Fe")]
    public async Task A_name_may_be_quoted(string name)
    {
        var answer = await InferAsync($"/v2/models/{name}/infer", Rows);
        answer.Json.GetProperty("model_name").GetString().ShouldBe(Uri.UnescapeDataString(name));
    }

    [Theory]
    [InlineData("1", "a")]
    [InlineData("2", "b")]
    public async Task A_version_in_the_address_answers(string version, string variant)
    {
        for (var i = 0; i < 5; i++)
        {
            var answer = await InferAsync($"/v2/models/two/versions/{version}/infer", Rows);
            answer.Json.GetProperty("model_version").GetString().ShouldBe(version);
            VariantOf(answer).ShouldBe(variant);
        }
    }

    [Theory]
    [InlineData("3")]
    [InlineData("latest")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public async Task A_version_that_is_not_served_is_not_found(string version)
    {
        using var content = Wire.Json(Rows);
        using var response = await PostAsync($"/v2/models/two/versions/{version}/infer", content);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldStartWith($"{{\"error\":\"Request for unknown model: 'two' version {version} is not found");
    }

    [Fact]
    public async Task A_unit_stays_on_its_arm_whichever_form_it_comes_in()
    {
        var arms = new HashSet<string>();
        for (var unit = 0; unit < 20; unit++)
        {
            const string column = "{\"name\":\"b\",\"shape\":[2],\"datatype\":\"UINT8\",\"data\":[1,1]}";
            const string rows = "{\"name\":\"a\",\"shape\":[2],\"datatype\":\"INT32\"";
            var json = await InferAsync("/v2/models/by_field/infer",
                $"{{\"id\":\"{100 - unit}\",\"inputs\":[{rows},\"data\":[{unit},{unit}]}},{column}]}}");
            using var content = Wire.Binary(
                $"{{\"inputs\":[{rows},\"parameters\":{{\"binary_data_size\":8}}}},{column}]}}",
                Wire.Bytes((int[])[unit, unit]));
            using var response = await PostAsync("/v2/models/by_field/infer", content);
            var parameter = await InferAsync("/v2/models/by_field/infer",
                $"{{\"parameters\":{{\"a\":\"{unit}\"}},\"inputs\":[{rows},\"data\":[3,4]}},{column}]}}");
            var arm = VariantOf(json);
            arms.Add(arm);
            VariantOf(await WireAnswer.ReadAsync(response)).ShouldBe(arm);
            VariantOf(parameter).ShouldBe(arm);
        }

        arms.Count.ShouldBe(2);
    }

    /// <summary>Not even an endpoint whose unit is a field of that name takes it: it differs on every call.</summary>
    [Fact]
    public async Task The_callers_own_id_is_never_the_unit()
    {
        var endpoint = host.Plane.Routing.Find("by_id")!;
        var without = endpoint.WithoutUnit;
        for (var id = 0; id < 20; id++)
            VariantOf(await InferAsync("/v2/models/by_id/infer", Asking($"\"id\":\"{id}\""))).ShouldBe("a");
        endpoint.WithoutUnit.ShouldBe(without + 20);

        var ofUnits = new HashSet<string>();
        for (var unit = 0; unit < 20; unit++)
        {
            var asking = Asking($"\"id\":\"always\",\"parameters\":{{\"id\":\"{unit}\"}}");
            ofUnits.Add(VariantOf(await InferAsync("/v2/models/by_id/infer", asking)));
        }

        ofUnits.ShouldBe(["a", "b"], ignoreOrder: true);

        // Nor does one id keep a caller on an arm where every request is a unit of its own.
        var byChance = new HashSet<string>();
        for (var i = 0; i < 40; i++)
            byChance.Add(VariantOf(await InferAsync("/v2/models/two/infer", Asking("\"id\":\"always\""))));
        byChance.ShouldBe(["a", "b"], ignoreOrder: true);

        static string Asking(string members) => $"{{{members},{Rows[1..]}";
    }

    [Theory]
    [InlineData("by_field", "{\"name\":\"a\",\"shape\":[2],\"datatype\":\"INT32\",\"data\":[1,2]}", "a")]
    [InlineData("by_text", "{\"name\":\"text\",\"shape\":[1,2],\"datatype\":\"BYTES\",\"data\":[\"u\",\"v\"]}", "text")]
    public async Task Several_units_in_one_request_are_refused(string model, string input, string name)
    {
        using var content = Wire.Json($"{{\"inputs\":[{input}]}}");
        using var response = await PostAsync($"/v2/models/{model}/infer", content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(
            $"The rows belong to different units (input '{name}'); send the rows of each unit in a request of their "
            + "own.");
    }

    [Fact]
    public async Task A_header_is_a_unit()
    {
        var arms = new HashSet<string>();
        for (var unit = 0; unit < 20; unit++)
        {
            using var first = await WithHeaderAsync(unit);
            using var second = await WithHeaderAsync(unit);
            var arm = first.Headers.GetValues("fairlead-variant").Single();
            second.Headers.GetValues("fairlead-variant").Single().ShouldBe(arm);
            arms.Add(arm);
        }

        arms.Count.ShouldBe(2);

        async Task<HttpResponseMessage> WithHeaderAsync(int unit)
        {
            using var content = Wire.Json(Rows);
            content.Headers.TryAddWithoutValidation("X-User", $"user-{unit}");
            return await PostAsync("/v2/models/by_header/infer", content);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Bodies_are_compressed_both_ways(string coding)
    {
        var json = "{\"inputs\":[{\"name\":\"text\",\"shape\":[1,1],\"datatype\":\"BYTES\",\"data\":[\""
            + new string('a', 3000) + "\"]}],\"parameters\":{\"binary_data_output\":true}}";
        var packed = new MemoryStream();
        await using (var packing = ResponseEncoding.Open(coding, packed))
            await packing.WriteAsync(Encoding.UTF8.GetBytes(json), TestContext.Current.CancellationToken);
        using var content = Wire.Body(packed.ToArray());
        content.Headers.ContentEncoding.Add(coding);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri("/v2/models/text_echo/infer", UriKind.Relative));
        request.Content = content;
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.Content.Headers.ContentEncoding.ShouldBe([coding]);
        var jsonLength = int.Parse(response.Headers.GetValues(Wire.JsonLength).Single());
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream plain = coding == "gzip"
            ? new GZipStream(body, CompressionMode.Decompress)
            : new ZLibStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.Latin1);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        JsonDocument.Parse(text[..jsonLength]).RootElement.GetProperty("outputs").GetArrayLength().ShouldBe(1);
        text[jsonLength..].ShouldBe("\xB8\x0B\0\0" + new string('a', 3000));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("br", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip;q=0", null)]
    [InlineData("gzip;q=0.5, deflate;q=0.8", "deflate")]
    [InlineData("deflate, gzip;q=1.0", "deflate")]
    [InlineData("identity;q=1, gzip;q=0.5", null)]
    [InlineData("GZIP", "gzip")]
    public void The_coding_is_the_callers_favourite(string? accepted, string? chosen)
    {
        ResponseEncoding.Choose(accepted, 1025).ShouldBe(chosen);
        ResponseEncoding.Choose(accepted, 1024).ShouldBeNull();
    }

    [Theory]
    [InlineData("br", 415, "The Content-Encoding 'br' is not taken; send gzip, deflate or identity.")]
    [InlineData("gzip", 400, "The body is no valid gzip stream.")]
    public async Task A_body_in_another_coding_is_refused(string coding, int status, string error)
    {
        using var content = Wire.Json(Rows);
        content.Headers.ContentEncoding.Add(coding);
        using var response = await PostAsync("/v2/models/batch_mlp/infer", content);
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldBe($"{{\"error\":\"{error}\"}}");
    }

    private static string VariantOf(WireAnswer answer) =>
        answer.Json.GetProperty("parameters").GetProperty("variant").GetString()!;

    private async Task<WireAnswer> InferAsync(string path, string json)
    {
        using var content = Wire.Json(json);
        using var response = await PostAsync(path, content);
        return await WireAnswer.ReadAsync(response);
    }

    private Task<HttpResponseMessage> PostAsync(string path, HttpContent? content) =>
        host.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);

    private async Task<string> IndexAsync(string? body)
    {
        using var content = body is null ? null : Wire.Json(body);
        using var response = await PostAsync("/v2/repository/index", content);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        var body = await host.Client.GetByteArrayAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonDocument.Parse(body).RootElement;
    }
}
