package dev.tollgate.invocations;

import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;

/** The routes of the friendly API. */
@Path("/tollgate/v1")
@Singleton
public class InvocationsResource {

    private final Invocations invocations;

    @Inject
    InvocationsResource(Invocations invocations) {
        this.invocations = invocations;
    }

    /** Makes one call. The data path reads the request and answers it, so the answer of this method never resumes. */
    @POST
    @Path("/invocations")
    @NonBlocking
    public void invoke(@Context HttpServerRequest request, @Suspended AsyncResponse answeredElsewhere) {
        invocations.handle(request);
    }

    /** The API's description. */
    @GET
    @Path("/openapi.yaml")
    @Produces("application/yaml")
    @NonBlocking
    public byte[] description() {
        return invocations.description();
    }
}
