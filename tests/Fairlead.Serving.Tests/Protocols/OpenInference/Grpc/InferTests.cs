using Fairlead.Client.OpenInference;
using Fairlead.Core.Access;
using Fairlead.Core.Predictions;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>ModelInfer and the calls about models, over a real connection.</summary>
public sealed class InferTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(host.Channel);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Raw_numbers_are_answered_with_the_id_the_version_and_what_answered()
    {
        var answer = await InferAsync(Requests.Mlp(rows: 5, id: "mine"));

        answer.Id.ShouldBe("mine");
        answer.ModelName.ShouldBe("batch_mlp");
        answer.ModelVersion.ShouldBe("1");
        answer.Outputs.Single().Datatype.ShouldBe("FP32");
        answer.Outputs.Single().Shape.ShouldBe([5L, 3L]);
        answer.Read<float>("y").Chunk(3).ShouldAllBe(row => Math.Abs(row.Sum() - 1) < 1e-5);
        answer.Parameters["variant"].StringParam.ShouldBe("stable");
        PredictionId.TryRead(
            System.Text.Encoding.ASCII.GetBytes(answer.Parameters["prediction_id"].StringParam), host.Plane.Find, out _)
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Every_integer_type_keeps_its_extremes_typed_and_raw()
    {
        var typed = Requests.To("type_integers")
            .Typed("u8", "UINT8", c => c.UintContents.Add([0, 255]), 2)
            .Typed("u16", "UINT16", c => c.UintContents.Add([0, 65535]), 2)
            .Typed("u32", "UINT32", c => c.UintContents.Add([0, uint.MaxValue]), 2)
            .Typed("u64", "UINT64", c => c.Uint64Contents.Add([0, ulong.MaxValue]), 2)
            .Typed("i8", "INT8", c => c.IntContents.Add([-128, 127]), 2)
            .Typed("i16", "INT16", c => c.IntContents.Add([short.MinValue, short.MaxValue]), 2)
            .Typed("i32", "INT32", c => c.IntContents.Add([int.MinValue, int.MaxValue]), 2)
            .Typed("i64", "INT64", c => c.Int64Contents.Add([long.MinValue, long.MaxValue]), 2);
        var answer = await InferAsync(typed);

        answer.Outputs.Select(output => output.Datatype)
            .ShouldBe(["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"]);
        answer.Outputs.ShouldAllBe(output => output.Contents == null);
        answer.Read<byte>("u8_out").ShouldBe([0, 255]);
        answer.Read<ulong>("u64_out").ShouldBe([0UL, ulong.MaxValue]);
        answer.Read<sbyte>("i8_out").ShouldBe(new sbyte[] { -128, 127 });
        answer.Read<long>("i64_out").ShouldBe([long.MinValue, long.MaxValue]);

        var raw = Requests.To("type_integers");
        foreach (var input in typed.Inputs)
        {
            raw.Inputs.Add(new ModelInferRequest.Types.InferInputTensor
            {
                Name = input.Name,
                Datatype = input.Datatype,
                Shape = { 2 },
            });
            raw.RawInputContents.Add(answer.RawOutputContents[typed.Inputs.IndexOf(input)]);
        }

        (await InferAsync(raw)).RawOutputContents.ShouldBe(answer.RawOutputContents);
    }

    [Fact]
    public async Task Bools_doubles_strings_and_halves_are_carried()
    {
        var logic = await InferAsync(Requests.To("type_bool")
            .Typed("b", "BOOL", c => c.BoolContents.Add([true, false, true]), 3)
            .Typed("a", "BOOL", c => c.BoolContents.Add([true, true, false]), 3));
        logic.Read<byte>("both").ShouldBe([1, 0, 0]);

        var doubles = await InferAsync(Requests.To("type_double")
            .Typed("x", "FP64", c => c.Fp64Contents.Add([1.0, 3.0]), 1, 2));
        doubles.Read<double>("y").ShouldBe([1.0 + (1e-12 * 3)]);

        string[] texts = ["", "größe 日本 🚢", "a\0b", "plain"];
        (await InferAsync(Requests.To("text_echo").RawStrings("text", texts, 2, 2)))
            .ReadStrings("echo").ShouldBe(texts);
        (await InferAsync(Requests.To("text_echo").Typed(
            "text", "BYTES", c => c.BytesContents.AddRange(texts.Select(ByteString.CopyFromUtf8)), 2, 2)))
            .ReadStrings("echo").ShouldBe(texts);

        var halves = await InferAsync(Requests.To("type_float16")
            .Raw("x", "FP16", new Half[] { (Half)1, (Half)2, (Half)3, (Half)4 }, 1, 4));
        halves.Outputs.Single().Datatype.ShouldBe("FP16");
        halves.RawOutputContents.Single().Length.ShouldBe(4);
        var bfloats = await InferAsync(Requests.To("type_bfloat16").Raw("x", "BF16", new ushort[4], 1, 4));
        bfloats.Outputs.Single().Datatype.ShouldBe("BF16");
    }

    [Fact]
    public async Task Scalars_empty_tensors_and_models_without_inputs_are_answered()
    {
        var scalar = await InferAsync(Requests.To("shape_scalar")
            .Raw("x", "FP32", new float[] { 1, 2, 3 }, 3).Raw("factor", "FP32", new float[] { 10 }));
        scalar.Outputs.Single().Shape.ShouldBeEmpty();
        scalar.Read<float>("sum").ShouldBe([60f]);

        var empty = await InferAsync(Requests.To("shape_maybe_empty").Raw("x", "FP32", new float[] { -1 }, 1));
        empty.Outputs.Single().Shape.ShouldBe([0L]);
        empty.RawOutputContents.Single().ShouldBeEmpty();

        (await InferAsync(Requests.Mlp(rows: 0))).Outputs.Single().Shape.ShouldBe([0L, 3L]);
        (await InferAsync(Requests.To("shape_no_inputs"))).Read<int>("answer").ShouldBe([4, 2]);
    }

    [Fact]
    public async Task Requested_outputs_come_in_the_order_of_the_request()
    {
        var request = Requests.To("shape_many_outputs").Raw("x", "FP32", new float[] { 1, 3, 2 }, 1, 3)
            .Asking("rows", "places");
        var answer = await InferAsync(request);

        answer.Outputs.Select(output => output.Name).ShouldBe(["rows", "places"]);
        answer.Read<long>("rows").ShouldBe([1L, 3L]);
        answer.Read<long>("places").ShouldBe([1L, 2L]);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_request_is_refused_in_words_that_name_the_fault(string _, ModelInferRequest request,
        StatusCode status, string words)
    {
        var refusal = await RefusedAsync(request);

        refusal.StatusCode.ShouldBe(status);
        refusal.Status.Detail.ShouldContain(words, Case.Insensitive);
    }

    public static TheoryData<string, ModelInferRequest, StatusCode, string> Bad()
    {
        const StatusCode invalid = StatusCode.InvalidArgument;
        var data = new TheoryData<string, ModelInferRequest, StatusCode, string>();
        void Add(string what, ModelInferRequest request, StatusCode status, string words) =>
            data.Add(what, request, status, words);

        Add("unknown model", Requests.Mlp("nobody"), StatusCode.NotFound,
            "Request for unknown model: 'nobody' is not found");
        Add("not placed", Requests.Mlp("not_placed"), StatusCode.Unavailable, "no version loaded");
        Add("version", Requests.To("batch_mlp", "9"), StatusCode.NotFound, "version 9");
        Add("version 0", Requests.To("batch_mlp", "0"), StatusCode.NotFound, "version '0'");
        Add("version text", Requests.To("batch_mlp", "latest"), StatusCode.NotFound, "version 'latest'");
        Add("missing input", Requests.To("batch_mlp"), invalid, "'x' is missing");
        Add("unknown input", Requests.To("batch_mlp").Raw("z", "FP32", new float[4], 1, 4), invalid, "'z' is unknown");
        Add("input twice", Requests.Mlp().Raw("x", "FP32", new float[4], 1, 4), invalid, "'x' is there twice");
        Add("unknown output", Requests.Mlp().Asking("z"), invalid, "'z' is unknown");
        Add("output twice", Requests.Mlp().Asking("y", "y"), invalid, "'y' is asked for twice");
        Add("datatype", Requests.To("batch_mlp").Raw("x", "FP33", new float[4], 1, 4), invalid, "datatype 'FP33'");
        Add("other type", Requests.To("batch_mlp").Raw("x", "FP64", new double[4], 1, 4), invalid, "FP64");
        Add("shape", Requests.To("batch_mlp").Raw("x", "FP32", new float[5], 1, 5), invalid, "[1,5]");
        Add("rank", Requests.To("batch_mlp").Raw("x", "FP32", new float[4], 4), invalid, "[4]");
        Add("short raw", Requests.To("batch_mlp").Raw("x", "FP32", new float[3], 1, 4), invalid, "12 raw bytes");
        Add("negative", Requests.To("batch_mlp").Raw("x", "FP32", new float[4], -1, 4), invalid, "negative");
        Add("overflow", Requests.To("batch_mlp").Raw("x", "FP32", new float[4], long.MaxValue, 4), invalid, "elements");
        Add("dimensions", Requests.To("batch_mlp").Raw("x", "FP32", new float[1], [.. Enumerable.Repeat(1L, 17)]),
            invalid, "17 dimensions");
        var mixed = Requests.Mlp();
        mixed.Inputs[0].Contents = new InferTensorContents();
        Add("raw and contents", mixed, invalid, "must not have contents");
        var uneven = Requests.Mlp();
        uneven.RawInputContents.Add(ByteString.Empty);
        Add("raw count", uneven, invalid, "2 entries for 1 inputs");
        Add("typed half", Requests.To("type_float16").Typed("x", "FP16", c => c.Fp32Contents.Add(1), 1, 1), invalid,
            "raw_input_contents only");
        Add("typed count", Requests.To("batch_mlp").Typed("x", "FP32", c => c.Fp32Contents.Add(1), 1, 4), invalid,
            "1 elements in fp32_contents");
        Add("wrong list", Requests.To("batch_mlp").Typed("x", "FP32", c => c.Fp64Contents.Add([1, 2, 3, 4]), 1, 4),
            invalid, "fp32_contents");
        Add("two lists", Requests.To("shape_lookup").Typed("index", "INT64", c =>
            { c.Int64Contents.Add(1); c.IntContents.Add(1); }, 1), invalid, "outside int64_contents");
        Add("int8 range", Requests.To("type_integers").Typed("i8", "INT8", c => c.IntContents.Add([0, 128]), 2),
            invalid, "128 as element 1");
        Add("int16 range", Requests.To("type_integers").Typed("i16", "INT16", c => c.IntContents.Add(-32769), 1),
            invalid, "-32769");
        Add("uint8 range", Requests.To("type_integers").Typed("u8", "UINT8", c => c.UintContents.Add(256), 1), invalid,
            "256");
        Add("uint16 range", Requests.To("type_integers").Typed("u16", "UINT16", c => c.UintContents.Add(65536), 1),
            invalid, "65536");
        Add("bool", Requests.To("type_bool").Raw("a", "BOOL", new byte[] { 2 }, 1), invalid, "neither 0 nor 1");
        var text = Requests.To("text_echo");
        text.RawStrings("text", ["abc"], 1, 1).RawInputContents[0] = ByteString.CopyFrom(9, 0, 0, 0, 65);
        Add("short string", text, invalid, "ends within element 0");
        Add("string behind", Requests.To("text_echo").RawStrings("text", ["a", "b"], 1, 1), invalid,
            "behind its 1 elements");
        Add("many strings", Requests.To("text_echo").RawStrings("text", ["a"], 60_000_000, 1), invalid, "too few");
        Add("timeout", Requests.Mlp().With("timeout", new InferParameter { Int64Param = -1 }), invalid, "microseconds");
        Add("run time", Requests.To("shape_lookup").Raw("index", "INT64", new long[] { 7 }, 1), invalid, "out of");
        var shared = Requests.Mlp();
        shared.Inputs[0].Parameters.Add("shared_memory_region", new InferParameter { StringParam = "r" });
        Add("shared memory", shared, StatusCode.Unimplemented, "shared memory");
        var classes = Requests.Mlp().Asking("y");
        classes.Outputs[0].Parameters.Add("classification", new InferParameter { Int64Param = 1 });
        Add("classification", classes, StatusCode.Unimplemented, "classification");
        Add("long name", Requests.To("batch_mlp").Raw(new string('n', 100_000), "FP32", new float[4], 1, 4), invalid,
            "nnn…");
        return data;
    }

    [Fact]
    public async Task A_version_can_be_pinned_and_the_unknown_is_counted()
    {
        (await InferAsync(Requests.Mlp("by_header"))).ModelVersion.ShouldBe("1");
        var pinned = Requests.Mlp("by_header");
        pinned.ModelVersion = "2";
        (await InferAsync(pinned)).Parameters["variant"].StringParam.ShouldBe("b");

        var before = host.Plane.Routing.Find("batch_mlp")!.UnknownVersion;
        await RefusedAsync(Requests.To("batch_mlp", "v7"));
        host.Plane.Routing.Find("batch_mlp")!.UnknownVersion.ShouldBe(before + 1);
    }

    [Fact]
    public async Task The_unit_is_a_metadata_entry_and_never_the_id()
    {
        var arms = new HashSet<string>();
        for (var user = 0; user < 32; user++)
        {
            var header = new Metadata { { "x-user", $"user-{user}" } };
            var first = await _client.ModelInferAsync(Requests.Mlp("by_header", id: "1"), header,
                cancellationToken: Cancel);
            var second = await _client.ModelInferAsync(Requests.Mlp("by_header", id: "2"), header,
                cancellationToken: Cancel);
            second.Parameters["variant"].ShouldBe(first.Parameters["variant"]);
            arms.Add(first.Parameters["variant"].StringParam);
        }

        arms.ShouldBe(["a", "b"], ignoreOrder: true);
        var endpoint = host.Plane.Routing.Find("by_header")!;
        var without = endpoint.WithoutUnit;
        (await InferAsync(Requests.Mlp("by_header", id: "x"))).Parameters["variant"].StringParam.ShouldBe("a");
        endpoint.WithoutUnit.ShouldBe(without + 1);
    }

    /// <summary>Not even an endpoint whose unit is a field of that name takes it: it differs on every call.</summary>
    [Fact]
    public async Task The_callers_own_id_is_never_the_unit()
    {
        var endpoint = host.Plane.Routing.Find("by_id")!;
        var without = endpoint.WithoutUnit;
        for (var id = 0; id < 20; id++)
            (await VariantOf(Requests.Mlp("by_id", id: $"{id}"))).ShouldBe("a");
        endpoint.WithoutUnit.ShouldBe(without + 20);

        var ofUnits = new HashSet<string>();
        for (var unit = 0; unit < 20; unit++)
        {
            ofUnits.Add(await VariantOf(
                Requests.Mlp("by_id", id: "always").With("id", new InferParameter { StringParam = $"{unit}" })));
        }

        ofUnits.ShouldBe(["a", "b"], ignoreOrder: true);

        // Nor does one id keep a caller on an arm where every request is a unit of its own.
        var byChance = new HashSet<string>();
        for (var i = 0; i < 40; i++)
            byChance.Add(await VariantOf(Requests.Mlp("by_chance", id: "always")));
        byChance.ShouldBe(["a", "b"], ignoreOrder: true);

        async Task<string> VariantOf(ModelInferRequest request) =>
            (await InferAsync(request)).Parameters["variant"].StringParam;
    }

    [Fact]
    public async Task The_unit_is_a_parameter_or_an_input_whose_elements_agree()
    {
        for (var unit = 0; unit < 16; unit++)
        {
            var byInput = await InferAsync(Sum(unit, unit));
            var byParameter = await InferAsync(
                Sum(1, 2).With("a", new InferParameter { Int64Param = unit }));
            var byText = await InferAsync(Sum(1, 2).With("a", new InferParameter { StringParam = $"{unit}" }));
            byParameter.Parameters["variant"].ShouldBe(byInput.Parameters["variant"]);
            byText.Parameters["variant"].ShouldBe(byInput.Parameters["variant"]);
        }

        var refusal = await RefusedAsync(Sum(1, 2));
        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain("different units");
        (await InferAsync(Requests.To("by_text").RawStrings("text", ["u", "u"], 2, 1))).ReadStrings("echo")
            .ShouldBe(["u", "u"]);
    }

    [Fact]
    public async Task Large_messages_pass_up_to_the_limit_and_not_beyond_it()
    {
        var rows = 36 * 1024 * 1024 / 16;
        (await InferAsync(Requests.Mlp(rows: rows).Asking("y"))).Outputs.Single().Shape[0].ShouldBe(rows);

        var refusal = await RefusedAsync(Requests.Mlp(rows: 44 * 1024 * 1024 / 16));
        refusal.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task A_message_that_unpacks_beyond_the_limit_is_refused()
    {
        var refusal = await Should.ThrowAsync<RpcException>(async () => await _client.ModelInferAsync(
            Requests.Mlp(rows: 64 * 1024 * 1024 / 16), new Metadata { { "grpc-internal-encoding-request", "gzip" } },
            cancellationToken: Cancel));

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain("larger than");
        (await _client.ModelInferAsync(
            Requests.Mlp(rows: 100), new Metadata { { "grpc-internal-encoding-request", "gzip" } },
            cancellationToken: Cancel)).Outputs.Single().Shape[0].ShouldBe(100);
    }

    [Fact]
    public async Task Many_small_parts_are_refused_before_they_are_parsed()
    {
        var many = Requests.Mlp();
        for (var i = 0; i < 65; i++)
            many.Asking($"o{i}");
        (await RefusedAsync(many)).Status.Detail.ShouldContain("at most 64 tensors");

        var parameters = Requests.Mlp();
        for (var i = 0; i < 5000; i++)
            parameters.With($"p{i}", new InferParameter());
        (await RefusedAsync(parameters)).Status.Detail.ShouldContain("at most 4096 parameters");
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_told_as_one()
    {
        var refusal = await RefusedAsync(Requests.Mlp(rows: 500_000).With("timeout",
            new InferParameter { Int64Param = 1 }));
        refusal.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);

        (await InferAsync(Requests.Mlp().With("timeout",
            new InferParameter { Uint64Param = ulong.MaxValue }))).ShouldNotBeNull();
        (await InferAsync(Requests.Mlp().With("timeout",
            new InferParameter { StringParam = "5000000" }))).ShouldNotBeNull();
        (await InferAsync(Requests.Mlp().With("timeout", new InferParameter { Int64Param = 0 }))).ShouldNotBeNull();
        await Should.ThrowAsync<RpcException>(async () => await _client.ModelInferAsync(
            Requests.Mlp(), deadline: DateTime.UtcNow.AddSeconds(-1), cancellationToken: Cancel));
    }

    [Fact]
    public async Task Models_and_the_server_describe_themselves()
    {
        (await _client.ServerLiveAsync(new ServerLiveRequest(), cancellationToken: Cancel)).Live.ShouldBeTrue();
        (await _client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: Cancel)).Ready.ShouldBeTrue();
        (await _client.ServerMetadataAsync(new ServerMetadataRequest(),
            cancellationToken: Cancel)).Name.ShouldBe("fairlead");

        foreach (var (name, version, ready) in new[]
        {
            ("batch_mlp", "", true), ("batch_mlp", "1", true), ("batch_mlp", "2", false), ("nobody", "", false),
            ("not_placed", "", false), ("by_header", "2", true), ("by_header", "x", false),
        })
        {
            var request = new ModelReadyRequest { Name = name, Version = version };
            (await _client.ModelReadyAsync(request, cancellationToken: Cancel)).Ready.ShouldBe(ready,
                $"{name} {version}");
        }

        var about = await _client.ModelMetadataAsync(new ModelMetadataRequest { Name = "by_header" },
            cancellationToken: Cancel);
        about.Platform.ShouldBe("onnx_onnxv1");
        about.Versions.ShouldBe(["1", "2"]);
        about.Inputs.Single().ShouldBe(new ModelMetadataResponse.Types.TensorMetadata
        {
            Name = "x",
            Datatype = "FP32",
            Shape = { -1, 4 }
        });
        about.Outputs.Single().Name.ShouldBe("y");

        var index = await _client.RepositoryIndexAsync(new RepositoryIndexRequest(), cancellationToken: Cancel);
        index.Models.Single(model => model.Name == "not_placed").State.ShouldBe("UNAVAILABLE");
        index.Models.Where(model => model.Name == "by_header").Select(model => model.Version).ShouldBe(["1", "2"]);
        var ready2 = await _client.RepositoryIndexAsync(new RepositoryIndexRequest { Ready = true },
            cancellationToken: Cancel);
        ready2.Models.ShouldAllBe(model => model.State == "READY");
    }

    [Fact]
    public async Task A_key_sees_and_asks_only_its_own_endpoints_and_keeps_to_its_rate()
    {
        host.Caller = new Principal("narrow", Role.Predictor)
        {
            KeyId = 5,
            Endpoints = ["batch_mlp"],
            RequestsPerSecond = 1
        };
        try
        {
            (await RefusedAsync(Requests.Mlp("by_header"))).StatusCode.ShouldBe(StatusCode.PermissionDenied);
            var hidden = await Should.ThrowAsync<RpcException>(async () =>
                await _client.ModelMetadataAsync(new ModelMetadataRequest { Name = "by_header" },
                    cancellationToken: Cancel));
            hidden.StatusCode.ShouldBe(StatusCode.PermissionDenied);
            (await _client.RepositoryIndexAsync(new RepositoryIndexRequest(), cancellationToken: Cancel))
                .Models.Select(model => model.Name).ShouldBe(["batch_mlp"]);

            await InferAsync(Requests.Mlp());
            var limited = await RefusedAsync(Requests.Mlp());
            limited.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
            limited.Trailers.GetValue("retry-after").ShouldBe("1");
            limited.Trailers.GetValue("grpc-retry-pushback-ms").ShouldBe("1000");
        }
        finally
        {
            host.Caller = Principal.Local;
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument()
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, "inference.GRPCInferenceService", "ModelInfer",
            Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));
        var refusal = await Should.ThrowAsync<RpcException>(async () => await host.Channel.CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Cancel), [0x0A, 0xFF, 0xFF, 0x01]));

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    private static ModelInferRequest Sum(params int[] a) =>
        Requests.To("by_field").Raw("a", "INT32", a, a.Length).Raw("b", "UINT8", new byte[a.Length], a.Length);

    private async Task<ModelInferResponse> InferAsync(ModelInferRequest request) =>
        await _client.ModelInferAsync(request, cancellationToken: Cancel);

    private async Task<RpcException> RefusedAsync(ModelInferRequest request) =>
        await Should.ThrowAsync<RpcException>(async () => await InferAsync(request));
}
