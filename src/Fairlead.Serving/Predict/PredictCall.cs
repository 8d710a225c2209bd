using System.Text;
using Fairlead.Core.Access;
using Fairlead.Core.Predictions;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Schemas;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Predict;

/// <summary>
/// One request on its way through the pipeline: what the door read from its envelope, what each step found out, and the
/// answer. Calls are pooled; a door takes one from its <see cref="CallPool"/> and gives it back when the answer is
/// sent.
/// </summary>
public sealed class PredictCall
{
    private readonly byte[] _predictionId = new byte[Core.Predictions.PredictionId.TextLength];
    private readonly PooledBuffer _request = new();
    private readonly PooledBuffer _body = new();

    /// <summary>The endpoint's name as the caller wrote it.</summary>
    public string EndpointName { get; private set; } = "";

    /// <summary>The version of the endpoint's model that must answer; 0: whichever the routing says.</summary>
    public int PinnedVersion { get; set; }

    /// <summary>Who is calling.</summary>
    public Principal Principal { get; private set; } = Principal.Local;

    /// <summary>Where the request came in.</summary>
    public Door Door { get; set; } = Door.Other;

    /// <summary>The longest time that the caller wants to wait; the endpoint's own limit applies as well.</summary>
    public TimeSpan? CallerTimeout { get; set; }

    /// <summary>The door's half.</summary>
    public IRequestCodec Codec { get; private set; } = null!;

    /// <summary>Cancelled when the caller goes away.</summary>
    public CancellationToken Aborted { get; private set; }

    /// <summary>When the request arrived, as a timestamp of the pipeline's time provider.</summary>
    public long ArrivedAt { get; private set; }

    /// <summary>The endpoint, once routed.</summary>
    public EndpointState? Endpoint { get; internal set; }

    /// <summary>The generation of the endpoint's routing that this request follows from beginning to end.</summary>
    public EndpointServing? Serving { get; internal set; }

    /// <summary>The variant that answers, or would have answered, once routed.</summary>
    public VariantState? Variant { get; internal set; }

    /// <summary>The inputs, once read.</summary>
    public TensorSet? Inputs { get; internal set; }

    /// <summary>The outputs, once the model has run.</summary>
    public TensorSet? Outputs { get; internal set; }

    /// <summary>How the request ended.</summary>
    public PredictFailure Failure { get; private set; }

    /// <summary>What was wrong, for the caller; empty when nothing was.</summary>
    public string FailureDetail { get; private set; } = "";

    /// <summary>
    /// How the request breaks the endpoint's schema, for a header; null when it does not, or nobody shall be warned.
    /// </summary>
    public string? SchemaFaults { get; internal set; }

    /// <summary>How the request breaks a schema that refused it; null when none did.</summary>
    internal SchemaReport? Refused { get; set; }

    /// <summary>The id of the prediction, 43 ASCII characters; set for every answered request.</summary>
    public ReadOnlySpan<byte> PredictionId => _predictionId;

    /// <summary>The request's body, for doors that read it whole before they understand it.</summary>
    public PooledBuffer RequestBody => _request;

    /// <summary>The answer's body, written by the codec.</summary>
    public PooledBuffer Body => _body;

    internal RunItem Run { get; } = new();

    /// <summary>The unit's hash, once an arm was drawn by it.</summary>
    internal ulong UnitHash { get; private set; }

    /// <summary>
    /// An arm was drawn by the unit; not so for a version asked for by number and for a missing unit.
    /// </summary>
    internal bool IsAssigned { get; private set; }

    /// <summary>The id of the prediction before it was written; set for every answered request.</summary>
    internal PredictionId Identity { get; private set; }

    /// <summary>
    /// Whether <see cref="Run"/> tells of this request; until it is prepared it still tells of the one before.
    /// </summary>
    internal bool HasRun => Outputs is not null && Variant?.Control is null && Run.StartedAt != 0;

    /// <summary>The id of the prediction as text, for headers.</summary>
    public string PredictionIdText() => Encoding.ASCII.GetString(_predictionId);

    /// <summary>Fills in the envelope.</summary>
    public void Begin(string endpoint, Principal principal, IRequestCodec codec, long arrivedAt,
        CancellationToken aborted)
    {
        EndpointName = endpoint;
        Principal = principal;
        Codec = codec;
        ArrivedAt = arrivedAt;
        Aborted = aborted;
    }

    internal void SetPredictionId(PredictionId id, ReadOnlySpan<byte> key)
    {
        Identity = id;
        id.Write(key, _predictionId);
    }

    /// <summary>Notes that an arm was drawn by the unit.</summary>
    internal void Assign(ulong unitHash) => (UnitHash, IsAssigned) = (unitHash, true);

    /// <summary>Somebody else owns the tensors from now on.</summary>
    internal void GiveTensorsAway() => Inputs = Outputs = null;

    /// <summary>Notes how the request failed.</summary>
    public PredictFailure Fail(PredictFailure failure, string detail)
    {
        Failure = failure;
        FailureDetail = detail;
        return failure;
    }

    /// <summary>Lets go of everything; tensors go back to their pool.</summary>
    internal void Clear()
    {
        // A run that goes on without its caller has them still, and gives them back itself.
        if (!Run.TensorsTaken)
        {
            Inputs?.Dispose();
            Outputs?.Dispose();
        }

        Inputs = Outputs = null;
        Run.Forget();
        _request.Clear();
        _body.Clear();
        EndpointName = "";
        PinnedVersion = 0;
        CallerTimeout = null;
        Door = Door.Other;
        Codec = null!;
        Aborted = default;
        Endpoint = null;
        Serving = null;
        Variant = null;
        UnitHash = 0;
        IsAssigned = false;
        Failure = PredictFailure.None;
        FailureDetail = "";
        SchemaFaults = null;
        Refused = null;
    }
}
